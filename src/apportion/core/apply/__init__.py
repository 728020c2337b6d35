"""What a call asks of a request, and what makes a request complete."""
