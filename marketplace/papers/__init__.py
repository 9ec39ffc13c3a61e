"""Papers: certificates and declarations of producers, what they cover and until when they hold.

An organisation, or someone who records its word, enters a paper; an official of its locality who
has no hand in it verifies it against the scan. Whether a paper holds today is computed from its
dates, never stored, so that a badge is gone at midnight without any job having run. Nothing is
deleted: a paper is renewed, suspended or revoked, and its history stays.

The feature stands below the catalogue and knows no listing. What a paper covers beyond «all goods»
and which listings show it is the catalogue's knowledge, which it links to a paper's ``line``.
"""
