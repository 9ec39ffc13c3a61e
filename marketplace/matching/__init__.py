"""Matches: two organisations put together, with their own yes and the keys of the localities.

In: an accepted interest, or two organisations an official brings together by hand.
Who decides: both organisations, then one or both localities, by weight.
Out: an approved match, from which ``deals`` starts a deal.
"""
