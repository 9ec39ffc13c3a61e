"""Discovery: one box over everything, and the names officials say mean the same.

In: the words someone types. Who decides: officials keep the names of their locality. Out: what is
found, in groups, for whoever asks; lists of the catalogue ask for the other names as well.
How words are found stands in the catalogue (``catalogue.finding``), because its lists need it.
"""
