"""From journal entry to notice: who is told, how, and whether it arrived.

In: entries in the outbox. Out: deliveries to the inbox, by e-mail, or as a task for an official
to call someone who has no reachable channel. At least once, never lost.
"""
