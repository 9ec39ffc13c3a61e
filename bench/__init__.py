"""How fast the hot paths are, as ratios within one run: ``make bench``.

Absolute numbers move by half from hour to hour on shared machines, so nothing here compares with
a number from another run. Every figure stands against a bare Flask route, or the program's own
smallest page, measured a moment before under the same server.
"""
