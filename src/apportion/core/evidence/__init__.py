"""How much compute would settle a claim: power, looks, scaling laws, and what they cost."""
