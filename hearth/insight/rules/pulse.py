"""The pulse of every group at a moment: stage of life, chance of dormancy with its drivers, energy."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth.insight.rules import risk
from hearth.insight.rules.energy import energies
from hearth.insight.rules.recalibration import shift_of
from hearth.insight.rules.replies import Talk
from hearth.insight.rules.signs import DayLog, Sign, fold
from hearth.insight.rules.stages import SETTLE_DAYS, Room, reading, settled
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY
from hearth.insight.types import Driver, Energy, Note, Stage


@dataclass(frozen=True, slots=True)
class Pulse:
    """One group's pulse."""

    stage: Stage
    chance: float | None
    note: Note | None
    base: float | None
    drivers: tuple[Driver, ...]
    energy: Energy


def pulses(log: TalkLog, talk: Talk, at: int, members: Sequence[int]) -> list[Pulse]:
    """Every group's pulse at ``at`` (ms), which no message of the log may reach."""
    days = fold(log, talk, at)
    now, shift = days.at(0), shift_of(days)
    rooms = [
        Room(count, log.memberships is not None, info.capacity, info.meant_to_end)
        for info, count in zip(log.groups, members, strict=True)
    ]
    chances, signs = risk.chances(now, shift), list(now.rows())
    stages = stages_of(fold(log, talk, 0), at, rooms, signs, chances, shift)
    told = [None if chance is not None else risk.why_not(sign) for chance, sign in zip(chances, signs, strict=True)]
    base = risk.model().intercept + shift
    bases = [None if chance is None else base for chance in chances]
    return [Pulse(*row) for row in zip(stages, chances, told, bases, risk.drivers(now), energies(log, at), strict=True)]


def stages_of(
    days: DayLog, at: int, rooms: Sequence[Room], signs: Sequence[Sign], chances: Sequence[float | None], shift: float
) -> list[Stage]:
    """Settled stages: ``days`` count from 1970, ``signs`` and ``chances`` are those of ``at`` itself."""
    before: list[list[Stage]] = [[] for _ in rooms]
    midnight = at // DAY
    for day in range(midnight, midnight - SETTLE_DAYS - 1, -1):
        past = days.at(day)
        for kept, sign, room, chance in zip(before, past.rows(), rooms, risk.chances(past, shift), strict=True):
            if sign.silent is not None:  # before its members' first word a group has no stage to keep
                kept.append(reading(sign, room, chance))
    now = map(reading, signs, rooms, chances)
    return [settled(one, kept, room) for one, kept, room in zip(now, before, rooms, strict=True)]
