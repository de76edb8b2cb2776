"""The threads that talk to the database, each with its own connection, so that the event loop never waits for one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import structlog
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """One writer (order is kept, batches grow while it is busy), two readers, one watcher of the log."""

    def __init__(self) -> None:
        self._opened: list[BaseDatabaseWrapper] = []
        self._writer = ThreadPoolExecutor(1, "gateway-writer", self._sit_down)
        self._readers = ThreadPoolExecutor(2, "gateway-reader", self._sit_down)
        self._watcher = ThreadPoolExecutor(1, "gateway-watcher", self._sit_down)

    async def read(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read; once more on a new connection when the old one broke."""
        return await _loop().run_in_executor(self._readers, lambda: _asked(ask, args, kwargs))

    async def watch(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a look at the log; always on the same connection."""
        return await _loop().run_in_executor(self._watcher, lambda: _asked(ask, args, kwargs))

    async def write(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a write, after all writes asked for before it. What it raises is the caller's to handle."""
        return await _loop().run_in_executor(self._writer, lambda: _written(act, args, kwargs))

    def close(self) -> None:
        """Finish what runs and give the connections back."""
        for threads in (self._writer, self._readers, self._watcher):
            threads.shutdown(wait=True)
        for opened in self._opened:
            opened.close()

    def _sit_down(self) -> None:
        """A new thread: its connection is closed by whoever closes the desk, when the thread is gone."""
        mine = connections[DEFAULT_DB_ALIAS]
        mine.inc_thread_sharing()
        self._opened.append(mine)


def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def _asked(ask: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
    try:
        return ask(*args, **kwargs)
    except (OperationalError, InterfaceError) as error:
        log.warning("connection_broke", error=repr(error))
        connection.close()
        return ask(*args, **kwargs)


def _written(act: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
    try:
        if connection.connection is None:
            _leave_checkpoints()
        return act(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connection.close()  # the next write opens a new one
        raise


def _leave_checkpoints() -> None:
    """On SQLite the watcher copies the log back into the database; a post never waits for that."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=0")
