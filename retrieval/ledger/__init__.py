"""The ledger: one SQL database that holds the truth; indexes are derived from it."""
