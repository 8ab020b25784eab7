"""The front ends: they draw what the server's events say."""
