"""The public API: the lists and results of the portal, read by programs.

In: what a page's address may ask. Out: JSON, described at /api/v1/openapi.json. Lists are those of
the pages (``catalogue.browse``) as everyone sees them, whoever asks; records are those of open
data (``sharing.fields``). Nothing can be written.
"""
