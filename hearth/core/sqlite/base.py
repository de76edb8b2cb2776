"""SQLite as Hearth uses it: writers take turns at a fair gate instead of racing for the lock."""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as DjangoWrapper
from django.db.utils import OperationalError

from hearth.core.sqlite.gate import GateTimeout, WriteGate


class DatabaseWrapper(DjangoWrapper):
    """Django's wrapper; the options in settings (WAL, FULL, IMMEDIATE) do the work, the gate keeps the order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._write_gate: WriteGate | None = None

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
