"""Reports about listings, hiding them, the log of what officials decided, and the public rules.

In: a sentence from any visitor about a listing.
Who decides: the officials who decide about publishing the listing; whoever hid it does not show
it again alone.
Out: the listing out of everyone's sight, its owner told why; a log nobody can change, its sums in
public (domain page 6: the duties of a platform under the law of electronic commerce).
"""
