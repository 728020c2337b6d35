"""What use costs from a day on: the site's rates.toml, in versions, each sealed."""
