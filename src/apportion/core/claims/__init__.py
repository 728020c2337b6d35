"""Statements about shares, tested on what was metered, awarded and charged."""
