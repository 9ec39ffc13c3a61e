"""Roads: how one gets to each village, and what officials say about a road just now.

In: what officials of a locality know about the way to its villages, and notices about a road that
is closed, narrow or open again. Who decides: officials of that locality, each for its own.
Out: the state of every village with its day, for everyone; listings show it (``queries.state_of``).
A notice never pauses a listing: that is its owner's word.
"""
