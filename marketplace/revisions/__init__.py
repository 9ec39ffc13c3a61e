"""Changing what stands in public: revisions, versions compared, and copies.

In: the owner's new text for a published listing, while the old one stays public.
Who decides: whoever decides about publishing the kind, never the one who wrote the revision.
Out: the text applied as a new version, and what changed for everyone to read.
"""
