"""Joint meetings of both localities.

A meeting gathers what waits for a decision when it opens; each matter is decided in the room by the
person with the key, through the move it always goes through; the minutes are what the journal says
was decided while the meeting lasted.
"""
