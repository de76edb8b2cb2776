"""Insight: what is measured, once, and what it means for the people who tend groups.

First part: the *diagnosis* of talk, imported or living. Words: a *conversation start* opens a thread (or breaks an hour
of silence), an *ask* is a run of messages with a question in it, an *answer* is what another person says next to
the one who asked, a *play* is one concrete next step, *anchor* is the moment a metric is measured at.

It must not know how talk is stored or carried: the engine takes a ``TalkLog`` (columns), whoever filled it.
"""
