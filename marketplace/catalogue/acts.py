"""What features above may decide about listings, each a use case of its own."""

from marketplace.catalogue.services import return_, turn_key

__all__ = ["return_", "turn_key"]
