"""How far the fact log may be read without overtaking a fact that is still being written."""

from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hearth.core.models import Fact
from hearth.core.tenancy import across_communities


@dataclass(slots=True)
class _Memory:
    """What this process knows of one database: everything up to ``settled`` is visible or will never be.

    ``gap_top`` and ``bound`` describe a look that met a gap: once every transaction older than ``bound`` has ended,
    nothing at or below ``gap_top`` can still appear.
    """

    settled: int = 0
    gap_top: int = 0
    bound: int | None = None


_memories: dict[str, _Memory] = {}

# The end of the unbroken run of ids after ``settled``, and the highest id that is visible.
_LOOK = """
SELECT coalesce(max(id) FILTER (WHERE id - place = %(settled)s), %(settled)s), coalesce(max(id), %(settled)s)
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM core_fact WHERE id > %(settled)s) AS seen
"""

# Transactions that run now, our own left out (it sees its own rows).
_ENDED = """
SELECT NOT EXISTS (SELECT 1 FROM pg_snapshot_xip(pg_current_snapshot()) AS x WHERE x::text::bigint < %(bound)s)
   AND (%(own)s OR pg_snapshot_xmax(pg_current_snapshot())::text::bigint > %(bound)s)
"""


def horizon() -> int:
    """The highest fact id that is safe to read: no fact at or below it will appear later.

    SQLite has one writer, so that is the newest id. PostgreSQL gives ids out before it knows whether and when their
    transaction commits, so a gap in the ids may still be filled. A gap is left behind only when every transaction that
    could own it has ended. (A trigger makes each writer take its transaction id before its first fact id; see the
    migration ``0002_transaction_ids``.)
    """
    if connection.vendor != "postgresql":
        with across_communities("the log is one for all"):
            return Fact.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return _settle(_memories.setdefault(str(connection.settings_dict["NAME"]), _Memory()))


def _settle(known: _Memory) -> int:
    with connection.cursor() as cursor:
        settled, top = _look(cursor, known.settled)
        if top == known.settled and _newest(cursor) < known.settled:
            settled, top = _look(cursor, 0)  # another log stands here now: a backup was put back under a living process
            known.bound = None
        known.settled = settled
        if top == settled:
            known.bound = None
            return settled
        if known.bound is None or known.settled >= known.gap_top:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            known.gap_top, known.bound = top, cursor.fetchone()[0]
        cursor.execute(_ENDED, {"bound": known.bound, "own": connection.in_atomic_block})
        if cursor.fetchone()[0]:
            known.settled, known.bound = known.gap_top, None
    return known.settled


def _look(cursor: CursorWrapper, settled: int) -> tuple[int, int]:
    cursor.execute(_LOOK, {"settled": settled})
    row: tuple[int, int] = cursor.fetchone()
    return row


def _newest(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT coalesce(max(id), 0) FROM core_fact")
    return int(cursor.fetchone()[0])
