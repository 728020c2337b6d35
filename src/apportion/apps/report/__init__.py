"""Standing, burn-down and the public record."""
