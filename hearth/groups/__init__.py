"""Communities and their groups: charter, places, memberships and roles as intervals, capacity, norms, doors.

Its words: a *group* is a room of people with a theme, a capacity and an entry gate; a *keeper* tends it; the *owner of
record* answers for it. It must not know what is said in a group.
"""
