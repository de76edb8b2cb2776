"""What came of those who came to a group's door, for those who measure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from hearth.groups.models import Application, Group, Membership
from hearth.groups.queries.lists import keeper_ids
from hearth.groups.queries.onboarding import BROUGHT, steps_in
from hearth.groups.queries.purity import told_in_groups
from hearth.groups.rules.purity import matches, traits_of
from hearth.groups.types import ApplicationEnd
from hearth.kit.clock import now

DoorRow = tuple[int, int, datetime, str, bool, datetime | None]
LOOKED_AT = timedelta(days=37)  # a metric asks after those of 35 days, and a day is another in each zone


def door_rows() -> Iterator[DoorRow]:
    """(group, member, at, kind, passed, settled): see ``core.metrics.Log``. Four queries, and for each group into which
    somebody came lately those of its first steps.
    """
    rows = Application.objects.order_by("pk").values_list(
        "group_id", "member_id", "asked_at", "ended", "closed_at", "decided_at", "approved_by"
    )
    for group, member, asked, ended, closed, decided, approved in rows.iterator(chunk_size=5000):
        yield group, member, asked, "tried", ended == ApplicationEnd.ENTERED, closed
        if decided:
            yield group, member, decided, "decided", bool(approved), None
    yield from _welcomed()
    yield from _placed()


def _welcomed() -> Iterator[DoorRow]:
    """Who came lately, and whether all that is asked of them at first is done by now."""
    rows = Membership.objects.filter(joined_at__gt=now() - LOOKED_AT).exclude(joined_by__in=BROUGHT)
    came = rows.select_related("group").order_by("group_id", "pk")
    for group, some in groupby(came, key=lambda row: row.group):
        keepers, new = keeper_ids(group.pk), list(some)
        asked = [step.done(group, [row.member_id for row in new]) for step in steps_in(group)]
        for row in new:
            if asked and row.member_id not in keepers:
                passed = all(row.member_id in done for done in asked)
                yield group.pk, row.member_id, row.joined_at, "welcomed", passed, None


def _placed() -> Iterator[DoorRow]:
    """Whoever is in a group that says whom it is for, and whether they match, where enough is known of them: two
    queries for all groups, read piece by piece.
    """
    rows = Group.objects.exclude(definition=[]).values_list("pk", "definition")
    definitions = {pk: traits_of(raw) for pk, raw in rows}
    if not definitions:
        return
    for group, member, joined, told in told_in_groups(Group.objects.exclude(definition=[])):
        fits = matches(definitions[group], told) if group in definitions else None
        if fits is not None:
            yield group, member, joined, "placed", fits, None
