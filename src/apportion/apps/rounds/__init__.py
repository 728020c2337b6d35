"""When, and under which policy version: areas, resources, rates, rounds."""
