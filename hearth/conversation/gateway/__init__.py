"""The live gateway: one WebSocket per tab, rooms with gap-free logs, small snapshots of everything else.

It holds no rule of its own: who may read and post, and what becomes of a post, is decided by the same access functions,
pure rules and writer as over HTTP. The protocol is described in ``docs/reference/live.md``.

The event loop never touches the database. ``desk`` owns the threads that do: one writes, two read, one watches.
"""

from hearth.conversation.gateway.server import run

__all__ = ["run"]
