"""What other programs of a site read and write: balances, accounts, costs, metrics, health."""
