"""Listings as spreadsheets: a template of one's own, filled in, checked whole, saved whole.

In: an Excel or CSV file, ours or an office's own, whose headings are mapped once and remembered.
Each row goes through the very form of its kind, so that a spreadsheet can do what the page can and
nothing else. Out: drafts and changes in one transaction, or a list of faults by row and column.
"""
