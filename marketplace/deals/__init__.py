"""Deals: an approved match carried out in instalments that both sides confirm.

In: an approved match. Out: what was committed and what was delivered, apart; an outcome with
figures that count once an official who had no hand in them has verified them.
"""
