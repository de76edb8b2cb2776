"""SQLite as Hearth uses it: writers take turns at a fair gate instead of racing for the lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3.base import (
    FORMAT_QMARK_REGEX,
    DatabaseWrapper as DjangoWrapper,
    SQLiteCursorWrapper,
)
from django.db.utils import OperationalError

from hearth.core.sqlite.gate import GateTimeout, WriteGate


class Cursor(SQLiteCursorWrapper):
    """Django's cursor, which remembers how the placeholders of a statement are written for SQLite."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """The statement with ``?`` for ``%s``."""
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _converted(query)


@lru_cache(maxsize=1024)
def _converted(query: str) -> str:
    return FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(DjangoWrapper):
    """Django's wrapper; the options in settings (WAL, FULL, IMMEDIATE) do the work, the gate keeps the order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._write_gate: WriteGate | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor of ours."""
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        gate = self._gate()
        if gate is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        try:
            gate.enter()
        except GateTimeout as waited:
            raise OperationalError("database is locked") from waited
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            gate.leave()
            raise

    def _commit(self) -> None:
        # A commit that fails keeps the transaction, and with it the gate.
        super()._commit()  # type: ignore[misc]
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._write_gate is not None:
                self._write_gate.close()
                self._write_gate = None

    def _leave(self) -> None:
        if self._write_gate is not None:
            self._write_gate.leave()

    @contextmanager
    def watched_gate(self) -> Iterator[WriteGate | None]:
        """The gate, which meanwhile notes when others wait for it."""
        gate = self._gate()
        if gate is None:
            yield None
            return
        gate.watching = True
        try:
            yield gate
        finally:
            gate.watching = False

    def _gate(self) -> WriteGate | None:
        name = self.settings_dict["NAME"]
        if self._write_gate is None and not self.is_in_memory_db():
            timeout = float(self.settings_dict.get("OPTIONS", {}).get("timeout", 5.0))
            self._write_gate = WriteGate(Path(name), timeout)
        if self._write_gate is not None and self._write_gate.path != Path(
            name
        ):  # tests give the connection another file
            self._write_gate.close()
            self._write_gate = WriteGate(Path(name), self._write_gate.timeout)
        return self._write_gate
