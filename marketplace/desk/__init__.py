"""The officials' desk: what waits for me, what is late, the board, the calls, the journal.

It reads what the features below know and asks their rules who may act; it changes nothing itself.
Every step is a form or a page of the feature the record belongs to.
"""
