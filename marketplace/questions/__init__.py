"""Public questions about a listing, and their answers, until a day.

In: a question by a member of a verified organisation. Who decides: the listing's owner answers, or
declines with a reason; officials who decide about the listing may answer as such, or take a
question off. Out: question and answer, public together. Who asked is never shown in public; the
event ``question.answered`` is there for those who watch a listing.
"""
