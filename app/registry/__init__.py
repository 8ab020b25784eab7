"""Versions of the company's model: kept, promoted, rolled back, switched to, exported."""
