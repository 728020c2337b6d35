"""Who: persons and the roles they hold."""
