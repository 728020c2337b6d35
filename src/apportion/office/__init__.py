"""Settings, addresses, command line: the only clock, environment and randomness."""
