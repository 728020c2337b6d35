"""What is asked: projects and their requests."""
