"""The ledger act that makes an award real."""
