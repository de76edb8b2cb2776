"""The members' shell: the frame around every page of a member, Home, the list of one's groups, the installable app.

It composes what modules offer and has no rules of its own.
"""
