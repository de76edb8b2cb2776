"""Who people are: one human across communities, their place in each, their names, credentials, tags and consent.

Its words: a *person* is one human; a *member* is a person in a community; an *identity* is how a member is known at one
source (Hearth itself, or an archive or carrier they came from), claimable and mergeable with undo. It must not know
groups or talk.
"""
