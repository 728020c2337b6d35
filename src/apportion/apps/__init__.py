"""The stages of a round in order, on three foundations: people, rounds, ledger."""
