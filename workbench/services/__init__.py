"""What the shell around the rooms does by itself: looking after the ledger."""
