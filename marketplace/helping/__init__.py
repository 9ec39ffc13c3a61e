"""Helping people who cannot go online: their consent, and the paper form that becomes a listing.

It stands above the catalogue, because taking a consent back pauses listings, and because a form on
paper is entered as a draft.
"""
