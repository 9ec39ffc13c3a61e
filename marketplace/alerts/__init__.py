"""Being told: searches that are saved, listings that are watched.

In: the filters of a list with a rhythm, or a listing.
Out: one mail for all that is new, in the rhythm chosen; a notice when a watched listing changes or
closes soon; one link that stops it. Choice per kind of notice belongs to ``notifications``.
"""
