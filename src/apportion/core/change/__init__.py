"""What may change after an award: more, longer, elsewhere, earlier, back; reports; winding down."""
