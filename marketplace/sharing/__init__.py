"""How a public record is found and passed on: previews, linked data, feeds, calendars, open data.

In: what is public and meant for everyone. Out: pictures, files and texts for machines and for
other people's phones. Nobody decides anything here and nothing is written. A ``Face`` is the one
description of a listing that all of them, and the public API, are made from, so that none of them
can tell more than another: no draft, no narrower audience, no name of a person, no phone number.
"""
