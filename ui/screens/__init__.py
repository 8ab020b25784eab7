"""The pages that `ui/web.py` offers, one a file: a function draws each with the client that it is given."""
