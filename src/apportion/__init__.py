"""Apportion: the compute-credit office, from request to grant to proof."""

__version__ = "0.1.0"
