"""Prometheus: what the office measures of itself, as text."""
