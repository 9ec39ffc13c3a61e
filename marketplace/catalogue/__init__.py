"""Listings: what a locality offers, checked before anyone sees it.

In: drafts by producers and authorities (or by someone recorded as acting for them).
Who decides: officials of the owning locality; for opportunities both localities.
Out: published listings, found by folded words, group, month and village.
Each kind of listing is one module in ``kinds/``.
"""
