"""Tourism, culture and typical products of either locality."""
