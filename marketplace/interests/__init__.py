"""«I am interested»: a business asks, the owner answers, contacts open on a yes.

In: a published listing and an organisation. Out: an accepted interest, ready to be matched.
One live interest per organisation and listing; the database holds this.
"""
