"""Filters of the pages about shares."""
