"""The log as metrics see it: one moment, one grain."""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
from ibis.expr.types import IntegerValue, Table

from hearth.core.metrics import COMMUNITY

TABLES = ("messages", "member_days", "ties", "presence", "spans", "memberships", "places", "doors", "units")
BEGINS = {"spans": "first_day", "memberships": "joined", "places": "joined", "doors": "day", "units": "born"}


@dataclass(frozen=True, slots=True)
class MomentLog:
    """``core.metrics.Log`` at the beginning of the day ``moment``: nothing of that day or later is seen. The moment may
    be an expression, so that one statement serves every day.
    """

    tables: Mapping[str, Table]
    moment: int | IntegerValue

    def window(self, table: str, days: int, skip: int = 0) -> Table:
        """Rows of the ``days`` days that end ``skip`` days before the moment."""
        rows = self.tables[table]
        end = self.moment - skip
        return rows.filter((rows.day >= end - days) & (rows.day < end))

    def standing(self, table: str) -> Table:
        """Rows of ``spans``, ``memberships``, ``places``, ``doors`` or ``units`` that began before the moment."""
        rows = self.tables[table]
        return rows.filter(rows[BEGINS[table]] < self.moment)


def of_groups(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables with a group as the unit: as they are, and ``places`` another name for ``memberships``."""
    return {**tables, "places": tables["memberships"]}


def of_community(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables with the community as the unit; what a member has in several groups becomes one span, and memberships
    that overlap or touch become one.
    """
    unit = ibis.literal(COMMUNITY, "int64")
    one = {name: tables[name].mutate(unit=unit) for name in ("messages", "member_days", "ties", "presence", "doors")}
    places = tables["memberships"].mutate(unit=unit)
    return {
        **one,
        "spans": _spans_of_all(tables["spans"]).mutate(unit=unit),
        "memberships": _islands(places).mutate(unit=unit),
        "places": places,
        "units": tables["units"].agg(unit=unit, born=tables["units"].born.min()),
    }


def _spans_of_all(rows: Table) -> Table:
    place = ibis.row_number().over(group_by=rows.member, order_by=[rows.first_at, rows.first_message])
    rows = rows.mutate(place=place, last_of_all=rows.last_day.max().over(group_by=rows.member))
    rows = rows.filter(rows.place == 0)
    return rows.select("member", "first_day", "first_at", "first_message", last_day=rows.last_of_all)


def _islands(rows: Table) -> Table:
    """Intervals of one member that overlap or touch, as one interval."""
    order = [rows.joined, rows.unit, rows.until]
    ends = rows.until.fill_null(NEVER)
    furthest = ends.max().over(group_by=rows.member, order_by=order, rows=(None, -1))
    rows = rows.mutate(ends=ends, begins=(furthest.isnull() | (rows.joined > furthest)).cast("int32"))
    order = [rows.joined, rows.unit, rows.until]
    rows = rows.mutate(island=rows.begins.sum().over(group_by=rows.member, order_by=order, rows=(None, 0)))
    merged = rows.group_by(["member", "island"]).agg(
        joined=rows.joined.min(),
        ends=rows.ends.max(),
        invited=rows.invited.any(),
        verified_from=rows.verified_from.min(),
        verified_until=rows.verified_until.max(),
    )
    return merged.select(
        "member", "joined", "invited", "verified_from", "verified_until", until=merged.ends.nullif(NEVER)
    )


NEVER = 2_000_000  # a day that no calendar here reaches
