"""Lots and their way from the field to the buyer, short public pages, QR codes, labels, posters.

The ten items are those of Circular 02/2024/TT-BKHCN on traceability (domain page 3.1).
"""
