"""Investment opportunities."""
