"""The firms that were invited, and how far each has come."""
