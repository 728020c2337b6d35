"""Publishing: who was decided upon says whether the public record may tell the decision."""
