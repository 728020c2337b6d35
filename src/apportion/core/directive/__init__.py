"""Code red: a dated directive that lends credits elsewhere, with named losers and a way back."""
