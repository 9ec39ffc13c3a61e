"""The form that names the goods a paper covers."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.accounts.moves import ActingForm
from marketplace.catalogue.models import Listing
from marketplace.catalogue.proof.services import GoodsValues
from marketplace.catalogue.taxonomy import GROUP_LABELS, GROUP_TREE, Group
from marketplace.core.i18n import N_
from marketplace.web.fields import Optional
from marketplace.web.many import ManyField


class GoodsForm(ActingForm):
    """Groups of products and single listings."""

    Values = GoodsValues

    groups = ManyField(
        N_("Whole groups of products"),
        [Optional()],
        options=[(group, GROUP_LABELS[group]) for branch in GROUP_TREE for group in branch.groups],
        coerce=Group,
    )
    listings = ManyField(N_("Single listings"), [Optional()])

    def offer(self, listings: Iterable[Listing]) -> GoodsForm:
        """The listings to choose from; without any the question is left out."""
        options = [(listing.public_id, listing.title) for listing in listings]
        if options:
            self.listings.offer(options)
        else:
            del self["listings"]
        return self
