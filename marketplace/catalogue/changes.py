"""What features declare of their records: which listings change in the lists with them."""

from marketplace.core.changes import Changes

LISTINGS = Changes("listing")
"""Everything kept about listings for lists and their counts."""
