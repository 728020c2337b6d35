"""What a shell shows: every listing in the same five shapes."""
