"""Answering a question: identity, models, history, server, client, evaluation, wiring, command line."""
