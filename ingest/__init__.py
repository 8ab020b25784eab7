"""Documents in: sources, readers and chunking, and the pipeline that keeps the ledger up to date."""
