"""Refreshes the stored readings of the people of the community in scope."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from django.db import transaction

from hearth.insight.models import CommunityPortrait, GroupPortrait, MemberPortrait
from hearth.insight.queries.census import living_census
from hearth.insight.rules.people.kept import Summary
from hearth.insight.rules.people.mainstay import GroupPeople, groups_people
from hearth.insight.rules.people.reading import People, Portrait, portrait, read_people
from hearth.insight.rules.people.summary import drawn, summary
from hearth.kit.clock import from_ms, now

BATCH = 500
COLUMNS = [
    "measured_at", "kind", "tier", "phase", "first_at", "last_at", "seen_at", "weeks", "rfm", "help_score", "comes",
    "leader_index", "is_leader", "is_bridge", "is_seed", "is_fan", "unanswered_id", "unanswered_at", "ties", "parts",
]  # fmt: skip


def refresh_people(tell: Callable[[int, int | None], None] | None = None) -> Summary:
    """Measure everybody as of now and keep the result; who counts no more (staff, bots, merged) loses their portrait.

    ``tell(done, total)`` hears the progress: messages read, then people stored.
    """
    census = living_census((lambda count: tell(count, None)) if tell else None)
    moment, found = now(), read_people(census)
    done = 0
    for rows in _in_batches(_member_rows(found, moment)):
        with transaction.atomic():
            MemberPortrait.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["member"], update_fields=COLUMNS
            )
        done += len(rows)
        if tell is not None:
            tell(done, census.size)
    with transaction.atomic():
        MemberPortrait.objects.exclude(measured_at=moment).delete()
        _keep_groups(found, moment)
        summed = summary(found)
        reading = orjson.loads(orjson.dumps(summed))
        ties = [[int(one), int(other), strength] for one, other, strength in drawn(found)]
        CommunityPortrait.objects.update_or_create(defaults={"measured_at": moment, "reading": reading, "ties": ties})
    return summed


def _member_rows(found: People, moment: datetime) -> Iterator[MemberPortrait]:
    for number in range(found.census.size):
        yield _member_row(found, portrait(found, number), moment)


def _member_row(found: People, one: Portrait, moment: datetime) -> MemberPortrait:
    log = found.census.log
    message = "" if one.waiting is None else log.message_id(one.waiting)
    return MemberPortrait(
        member_id=int(one.id),
        measured_at=moment,
        kind=one.kind,
        tier=one.tier,
        phase=one.phase,
        first_at=_time(one.first),
        last_at=_time(one.last),
        seen_at=_time(one.seen),
        weeks=one.weeks,
        rfm=one.rfm,
        help_score=one.help_score,
        comes=one.comes,
        leader_index=one.index,
        is_leader=one.leader,
        is_bridge=one.bridge,
        is_seed=one.seed,
        is_fan=one.fan,
        unanswered_id=int(message) if message else None,
        unanswered_at=None if one.waiting is None else from_ms(int(log.at[one.waiting])),
        ties=one.parts.ties,
        parts=orjson.loads(orjson.dumps(one.parts)),
    )


def _time(at: int | None) -> datetime | None:
    return None if at is None else from_ms(at)


def _keep_groups(found: People, moment: datetime) -> None:
    census = found.census
    rows = [_group_row(found, one, moment) for one in groups_people(census, found.helping)]
    GroupPortrait.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["group"],
        update_fields=["measured_at", "active", "candidates", "ties"],
        batch_size=BATCH,
    )
    GroupPortrait.objects.exclude(measured_at=moment).delete()


def _group_row(found: People, one: GroupPeople, moment: datetime) -> GroupPortrait:
    people = found.census.people
    candidates: list[dict[str, Any]] = [
        orjson.loads(orjson.dumps(candidate)) | {"person": int(people[candidate.person].id)}
        for candidate in one.candidates
    ]
    return GroupPortrait(
        group_id=int(one.id),
        measured_at=moment,
        active=one.active,
        candidates=candidates,
        ties=[[int(people[a].id), int(people[b].id), strength] for a, b, strength in one.ties],
    )


def _in_batches(rows: Iterator[MemberPortrait]) -> Iterator[list[MemberPortrait]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
