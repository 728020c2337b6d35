"""Elections in Pabulib's `.pb` format."""
