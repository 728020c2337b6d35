"""ColdFront: the allocation portal that many centres come from."""
