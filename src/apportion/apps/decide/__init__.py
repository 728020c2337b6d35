"""What is decided: slates, decisions and awards, each with its reasons."""
