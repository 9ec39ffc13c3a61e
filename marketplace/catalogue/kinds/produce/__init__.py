"""Farm produce."""
