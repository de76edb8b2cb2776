"""A living community's people: who counts, what they said, and what they did beside it."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from hearth.conversation.queries.deeds import reading_days, settled_questions, thanks
from hearth.groups.queries import staff_ids
from hearth.groups.queries.census import barred_members, groups_by_member, tended_by_member
from hearth.insight.queries.living import living_talk
from hearth.insight.rules.people.census import HALF_YEAR, MONTH, Census, Pairs, Person, Visits
from hearth.insight.rules.replies import read_talk
from hearth.insight.rules.talk_log import TalkLog
from hearth.kit.clock import from_ms, now, to_ms
from hearth.people.queries.census import counted_members


def living_census(tell: Callable[[int], None] | None = None) -> Census:
    """The community in scope as of now; where nobody has talked for 28 days (an imported history), at its own end."""
    log = living_talk(tell)
    at = _moment(log)
    log, people = log.until(at), _people()
    numbers = {int(person.id): number for number, person in enumerate(people)}
    return Census(
        log,
        read_talk(log),
        people,
        at,
        _pairs(thanks(), numbers, at),
        _pairs(settled_questions(), numbers, at),
        _visits(reading_days((from_ms(at - HALF_YEAR)).date()), numbers, at),
    )


def _moment(log: TalkLog) -> int:
    last, moment = log.last_ordinary(), to_ms(now())
    return moment if last is None or moment - last < MONTH else last + 1


def _people() -> tuple[Person, ...]:
    staff, barred = set(staff_ids()), barred_members()
    inside, tends = groups_by_member(), tended_by_member()
    return tuple(
        Person(
            id=str(row.member_id),
            joined=to_ms(row.joined_at),
            verified=row.is_verified,
            here=row.left_at is None,
            barred=row.member_id in barred,
            groups=frozenset(map(str, inside.get(row.member_id, ()))),
            tends=frozenset(map(str, tends.get(row.member_id, ()))),
        )
        for row in counted_members()
        if row.member_id not in staff
    )


def _pairs(rows: Iterable[tuple[int, int, datetime]], numbers: dict[int, int], end: int) -> Pairs:
    """Those by people who count, before ``end``; what somebody did to themselves is nothing."""
    kept = [
        (numbers[who], numbers.get(whom, -1), to_ms(at))
        for who, whom, at in rows
        if who in numbers and who != whom and to_ms(at) < end
    ]
    return Pairs(*_columns(kept, 3))


def _visits(rows: Iterable[tuple[int, date]], numbers: dict[int, int], end: int) -> Visits:
    """A day stands for its noon, today for now."""
    noon = timedelta(hours=12)
    kept = [
        (numbers[who], min(to_ms(datetime.combine(day, time(), UTC) + noon), end - 1))
        for who, day in rows
        if who in numbers and to_ms(datetime.combine(day, time(), UTC)) < end
    ]
    return Visits(*_columns(kept, 2))


def _columns(rows: list[Any], width: int) -> list[Any]:
    table = np.array(rows, dtype=np.int64).reshape(len(rows), width)
    return [table[:, column] for column in range(width)]
