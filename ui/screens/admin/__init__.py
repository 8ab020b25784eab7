"""The pages of admins, one a file: a function draws each with the client that it is given."""
