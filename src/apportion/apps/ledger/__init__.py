"""What is owed: accounts, transfers and the journal; append-only."""
