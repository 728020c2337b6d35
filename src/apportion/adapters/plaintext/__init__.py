"""The books as text that other people's accounting programs read."""
