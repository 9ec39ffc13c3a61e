"""Survey trips: businesses of the ward see the field together with the officials of both sides.

In: accepted interests, listings and villages worth seeing. Out: findings per stop, a next step for
each interest, promises in the ledger. Both localities confirm a trip and close its report.
"""
