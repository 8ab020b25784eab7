"""Metrics, log lines and traces for those who run the service: counts, times and ids; never a question's text."""
