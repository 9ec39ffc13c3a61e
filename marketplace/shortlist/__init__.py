"""What someone keeps for later, and compares.

In: listings marked with a heart, before signing in (a signed cookie of this browser) or after (rows
of the person; the cookie's are added at sign-in). Out: the page of kept listings, hearts on cards,
and up to four listings of a kind side by side. Nobody else ever sees what someone keeps.
"""
