"""The ledger of promises: who owes what to whom, by when, and whether it was kept.

Promises are made on survey trips, in cases and at meetings; organisations and the offices of the
localities make them alike. Reminded a working day before, and once when late.
"""
