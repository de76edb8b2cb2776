"""Acts and states of the community in scope, read from the fact log and the tables that members live in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from hearth.conversation.queries.history import seen_since
from hearth.core import sql
from hearth.core.horizon import horizon
from hearth.core.metrics import Act, acts
from hearth.core.models import Fact
from hearth.core.tenancy import across_communities, current_community_id
from hearth.groups.queries import all_groups, door_rows, membership_rows
from hearth.kit.clock import day_number
from hearth.people.queries import identity_rows, verified_spans

Longs = npt.NDArray[np.int64]
BATCH = 100_000
_INT, _DAY, _YES = pa.int64(), pa.int32(), pa.bool_()

DAY_MS, MINUTE_MS = 86_400_000, 60_000
QUARTER_MS = 900_000  # no zone has changed its clock within a quarter of an hour since 1970


class LivingFeed:
    """``insight.services.columns.Feed`` of the community in scope. ``tell`` hears how many facts were read."""

    def __init__(self, tell: Callable[[int], None] | None = None) -> None:
        self._tell = tell
        self._con = duckdb.connect()
        self._statement = _statement(list(acts))

    @cached_property
    def _groups(self) -> list[Any]:
        """Read once, and only after ``upto``: the group of every fact up to there is among them."""
        return all_groups()

    @cached_property
    def _zones(self) -> dict[int, str]:
        return {group.pk: group.time_zone for group in self._groups}

    def upto(self) -> int:
        """The newest fact that no fact can overtake."""
        return horizon()

    def mark(self, fact: int) -> str:
        """The key of a fact, by which a log that was put back from a backup is told from the one before."""
        with across_communities("the log is one for all"):
            key = Fact.objects.filter(pk__lte=fact).order_by("-pk").values_list("key", flat=True).first()
        return str(key or "")

    def acts(self, after: int, upto: int) -> Iterator[pa.Table]:
        """Acts of the facts after one up to another."""
        names = [act.fact for act in acts]
        read = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT id, name, origin, {_text('occurred_at')}, {_text('data')} FROM core_fact "
                    f"WHERE id > %s AND id <= %s AND community_id = %s AND name IN ({sql.marks(names)}) "
                    "ORDER BY id LIMIT %s",
                    [after, upto, current_community_id(), *names, BATCH],
                )
                rows = cursor.fetchall()
            if not rows:
                return
            after = rows[-1][0]
            read += len(rows)
            yield self._acts(rows)
            if self._tell is not None:
                self._tell(read)

    def _acts(self, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
        columns = list(zip(*rows, strict=True))
        told = pa.table(
            {
                "fact": pa.array(columns[0], _INT), "name": pa.array(columns[1]), "origin": pa.array(columns[2]),
                "moment": pa.array(columns[3]), "data": pa.array(columns[4]),
            }
        )  # fmt: skip
        self._con.register("told", told)
        found = self._con.sql(self._statement).to_arrow_table()
        found = found.filter(pc.is_in(found["unit"], pa.array(list(self._zones), _INT)))
        at = found["at"].to_numpy()
        offsets = offsets_of(at, found["unit"].to_numpy(), self._zones)
        found = found.append_column("day", pa.array((at + offsets) // DAY_MS, _DAY))
        return found.append_column("offset", pa.array(offsets // MINUTE_MS, pa.int16()))

    def presence(self, after: int) -> Iterator[tuple[int, pa.Table]]:
        """Who was seen reading, day by day."""
        for batch in seen_since(after):
            columns = list(zip(*batch, strict=True))
            days = [day_number(day) for day in columns[2]]
            yield (
                columns[0][-1],
                pa.table(
                    {
                        "unit": pa.array(columns[1], _INT),
                        "day": pa.array(days, _DAY),
                        "member": pa.array(columns[3], _INT),
                    }
                ),
            )

    def people(self) -> pa.Table:
        """Identities and the members they speak for."""
        return _table(identity_rows(), identity=_INT, member=_INT, is_bot=_YES)

    def units(self) -> pa.Table:
        """Groups and the days they were opened."""
        rows = [(group.pk, self._day(group.pk, group.opened_at)) for group in self._groups]
        return _table(rows, unit=_INT, born=_DAY)

    def memberships(self) -> pa.Table:
        """Memberships of people in days, with the time their member was verified."""
        verified = verified_spans()
        machines = {member for _, member, is_bot in identity_rows() if is_bot}
        rows = []
        for group, member, joined, left, invited in membership_rows():
            if group not in self._zones or member in machines:
                continue  # a group opened meanwhile: the next refresh tells of it
            since, until = verified.get(member, (None, None))
            rows.append(
                (group, member, self._day(group, joined), self._day(group, left), invited,
                 self._day(group, since), self._day(group, until))
            )  # fmt: skip
        return _table(rows, unit=_INT, member=_INT, joined=_DAY, until=_DAY, invited=_YES, verified_from=_DAY,
                      verified_until=_DAY)  # fmt: skip

    def doors(self) -> pa.Table:
        """What came of those who came to a group."""
        rows = [
            (group, member, self._day(group, at), kind, passed, self._day(group, settled))
            for group, member, at, kind, passed, settled in door_rows()
            if group in self._zones
        ]
        return _table(rows, unit=_INT, member=_INT, day=_DAY, kind=pa.string(), passed=_YES, settled=_DAY)

    def _day(self, group: int, moment: datetime | None) -> int | None:
        if moment is None:
            return None
        return day_number(moment.astimezone(zone(self._zones[group])).date())


def zone(name: str) -> ZoneInfo:
    """The time zone called ``name``, UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def offsets_of(at: Longs, unit: Longs, zones: dict[int, str]) -> Longs:
    """How far (ms) the clock of its group was ahead of UTC at each time (ms since 1970 UTC)."""
    found = np.empty(len(at), np.int64)
    names = np.array([zones[int(one)] for one in np.unique(unit)])
    name_of = names[np.searchsorted(np.unique(unit), unit)] if len(unit) else np.array([], dtype=str)
    for name in np.unique(names):
        rows = name_of == name
        quarters, place = np.unique(at[rows] // QUARTER_MS, return_inverse=True)
        offsets = np.array([_offset_ms(zone(str(name)), int(quarter) * QUARTER_MS) for quarter in quarters], np.int64)
        found[rows] = offsets[place]
    return found


def _offset_ms(name: ZoneInfo, ms: int) -> int:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
    offset = moment.astimezone(name).utcoffset() or timedelta()
    return int(offset.total_seconds() * 1000)


def _table(rows: Iterable[tuple[Any, ...]], **types: pa.DataType) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return pa.table({name: pa.array(values, kind) for (name, kind), values in zip(types.items(), columns, strict=True)})


def _text(column: str) -> str:
    """A column as text, the same on both databases."""
    if connection.vendor == "postgresql":
        return f"({column} AT TIME ZONE 'UTC')::text" if column == "occurred_at" else f"{column}::text"
    return column


def _statement(declared: Sequence[Act]) -> str:
    """The rows of the log that a batch of facts comes to, each fact read as its declaration says."""
    fields = ("identity", "group", "object", "parent", "thread", "question")
    cases = {field: _case(declared, field) for field in fields}
    kind = " ".join(f"WHEN '{act.fact}' THEN '{act.kind}'" for act in declared)
    return (
        'SELECT * FROM (SELECT fact, origin, epoch_ms(CAST(moment AS TIMESTAMP)) AS "at", '
        f"CASE name {kind} END AS kind, CAST({cases['identity']} AS BIGINT) AS identity, "
        f"CAST({cases['group']} AS BIGINT) AS unit, CAST({cases['object']} AS BIGINT) AS object, "
        f"CAST({cases['parent']} AS BIGINT) AS parent, CAST({cases['thread']} AS BIGINT) AS thread, "
        f"coalesce(CAST({cases['question']} AS BOOLEAN), false) AS question FROM told) WHERE object IS NOT NULL"
    )


def _case(declared: Sequence[Act], field: str) -> str:
    """The JSON value of a field by the name of the fact; null for facts that do not have it."""
    told = [(act.fact, getattr(act, field)) for act in declared if getattr(act, field)]
    whens = " ".join(f"WHEN '{fact}' THEN data->>'{key}'" for fact, key in told)
    return f"(CASE name {whens} END)"
