"""Charges from rated usage."""
