"""Appeals: their life, who decides them, the round run again with new facts, what is upheld."""
