"""The HTTP API: it mounts the modules' routes under ``/api/v1/`` and tells what they take and answer.

It has no rules of its own. What may be read is decided by doors and by the modules' access functions, as on the pages.
"""
