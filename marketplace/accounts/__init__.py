"""People, organisations, localities: who someone is, and in whose name they act.

In: registrations, sign-ins, verifications by officials of the organisation's own locality.
Out: an ``Actor`` for every request, and acting records for those who cannot go online.
"""
