"""Feeds that any reader can subscribe to."""
