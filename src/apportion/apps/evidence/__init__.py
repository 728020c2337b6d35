"""How much compute would settle a claim, and what became of it."""
