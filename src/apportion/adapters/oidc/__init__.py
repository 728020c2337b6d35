"""Talking to the sign-in of the lab: only where the site said, and never into the machine room."""
