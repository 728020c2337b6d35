"""Migrations of the door app."""
