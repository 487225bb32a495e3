"""Sample rows for the ledger's addresses."""
