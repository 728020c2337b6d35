"""Filters of templates that know who may see whose name."""
