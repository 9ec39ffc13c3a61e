"""Asking without an account: a visitor's wish, until officials tie it to a verified organisation.

In: a listing open to everyone, and who asks, with their consent. Out: an interest of an
organisation under the same tracking code, or an end with its reason. What names the visitor is
erased by the clock.
"""
