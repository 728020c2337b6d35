"""Code red: directives that lend credits elsewhere, end by themselves and are paid back."""
