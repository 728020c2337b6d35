"""Open OnDemand: the file from which its job forms tell what is left."""
