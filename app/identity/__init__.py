"""Who may come in: accounts, sessions, keys, sign-in, limits, and what is kept about it."""
