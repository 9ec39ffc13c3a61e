"""Where several want one opportunity: compared against the published way, decided by both.

In: the live interests in an opportunity. Out: a proposed match for the one chosen, an answer with
its reasons to each of the others, and a record that both localities' deciders stand behind.
"""
