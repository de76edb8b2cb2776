"""The ground every module stands on: tenancy, facts, jobs, registries, permissions, audit, live topics, storage.

Its words: *community* is the tenant; a *fact* is something that happened, stored and immutable; a *handler* reacts to
facts; a *job* is long work with progress; an *actor* is whoever acts. It must not know any module above it: they
register what they have.
"""
