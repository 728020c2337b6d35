"""A round as plain files: round.toml and requests.csv in, decision.json out."""
