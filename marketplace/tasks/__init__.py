"""What has to be done in a case: its permits from the opportunity's dossier, and free tasks.

In: the checklist that was published with an opportunity. Out: who does what until when, what
waits for what, and a word to whoever is late.
"""
