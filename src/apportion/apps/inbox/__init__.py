"""The home page: what waits for a person, from every app."""
