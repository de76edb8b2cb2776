"""Talk: rooms and their gap-free logs, messages, questions and answers, reactions, pins, search, the live room.

Its words: a *room* has a log of *entries* with numbers; a *message* is what readers see now; a *question* may have an
*accepted answer*. It must not know who screens messages: moderation fills its ``before_post`` registry.
"""
