"""Whether those who do the work can keep what is promised; where not, how much is missing, and for what.

Each person has hours a week and kinds of work they can do; each promise needs minutes of one kind. All promises can be
kept if and only if, for every set of kinds, those who can do at least one of them have the minutes that the set needs
(Gale 1957, "A theorem on flows in networks"). So the largest lack over all sets is exactly what is missing. The
minutes are assumptions, told in docs/guides/start.md, and everybody may put their own in their place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from hearth.blueprint.rules.answers import HOSTING, OUTPUTS, Hand, Line

# Minutes of work for one piece, with finding, checking and following up; for hosting, a week of one group.
MINUTES: Mapping[str, int] = {"card": 120, "answer": 10, "gathering": 240, "round": 15, "offer": 20, HOSTING: 60}
FULL = 0.8  # of the hours: beyond that, one person's cold is a week without anything
WORTH = 1.0  # pieces a week, below which members forget that somebody does something for them


class Verdict(StrEnum):
    """What the numbers say."""

    READY = "ready"
    TIGHT = "tight"  # it can be kept, with next to nothing in reserve
    NOT_YET = "not_yet"
    UNTOLD = "untold"  # promises or hours were not told


@dataclass(frozen=True, slots=True)
class Readiness:
    """Minutes a week: needed for each kind of work, given by all, lacking, and the kinds that lack them.

    ``nobody`` are kinds that nobody makes; ``thin`` says that less than one piece a week is promised.
    """

    verdict: Verdict
    needed: Mapping[str, int] = field(default_factory=dict)
    given: int = 0
    lacking: int = 0
    short: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    thin: bool = False

    @property
    def all_needed(self) -> int:
        """Minutes a week for everything."""
        return sum(self.needed.values())


def readiness(lines: Iterable[Line], hands: Sequence[Hand], groups: int, minutes: Mapping[str, int]) -> Readiness:
    """Promises against hands; ``minutes`` are somebody's own, over the assumed ones."""
    promised = [line for line in lines if line.service and line.times]
    needed = needed_minutes(promised, groups, {**MINUTES, **minutes})
    given = round(60 * sum(hand.hours for hand in hands))
    if not promised:
        return Readiness(Verdict.UNTOLD, needed, given)
    lacking, short = largest_lack(needed, hands)
    able = {kind for hand in hands if hand.hours for kind in hand.makes}
    nobody = tuple(kind for kind in needed if kind not in able)
    thin = sum(line.weekly for line in promised) < WORTH
    if lacking or thin:
        verdict = Verdict.NOT_YET
    else:
        verdict = Verdict.TIGHT if sum(needed.values()) > FULL * given else Verdict.READY
    return Readiness(verdict, needed, given, lacking, short, nobody, thin)


def needed_minutes(promised: Iterable[Line], groups: int, minutes: Mapping[str, int]) -> dict[str, int]:
    """Minutes a week by kind of work, those of hosting last; kinds that nobody promised are left out."""
    found: dict[str, float] = dict.fromkeys(OUTPUTS, 0.0)
    for line in promised:
        found[line.output] += line.weekly * minutes[line.output]
    found[HOSTING] = float(groups * minutes[HOSTING])
    return {kind: round(value) for kind, value in found.items() if round(value)}


def largest_lack(needed: Mapping[str, int], hands: Sequence[Hand]) -> tuple[int, tuple[str, ...]]:
    """The minutes that are missing however the work is shared out, and the smallest set of kinds that misses them."""
    most, where = 0, tuple[str, ...]()
    for size in range(1, len(needed) + 1):
        for kinds in combinations(needed, size):
            able = sum(round(60 * hand.hours) for hand in hands if not set(kinds).isdisjoint(hand.makes))
            lack = sum(needed[kind] for kind in kinds) - able
            if lack > most:
                most, where = lack, kinds
    return most, where
