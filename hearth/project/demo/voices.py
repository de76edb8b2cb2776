"""Who speaks: a few who carry a group, many who pass through, and those who only read."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from hearth.project.demo.scripts import Script
from hearth.project.demo.shapes import DemoMembership, DemoPerson

CORE_SHARE = 0.30
STAY_MEAN_DAYS = 10.0
RETURN_SHARE = 0.2
HEAVIEST = 5.5


@dataclass(slots=True)
class Voice:
    """A member who speaks, with a weight and the times in which they do."""

    person: DemoPerson
    weight: float
    joined_at: datetime
    left_at: datetime
    windows: tuple[tuple[datetime, datetime], ...]

    def speaks(self, at: datetime, language: str) -> bool:
        """Whether this member may say something at ``at`` in ``language``."""
        if not self.joined_at < at < self.left_at or language not in self.person.languages:
            return False
        return any(first <= at <= last for first, last in self.windows)


class Choir:
    """The voices of one group."""

    def __init__(
        self,
        rng: random.Random,
        script: Script,
        members: list[tuple[DemoMembership, DemoPerson]],
        now: datetime,
        leads: dict[str, float],
        silent: set[str],
    ) -> None:
        self._rng = rng
        self.voices: list[Voice] = []
        self.hospitals = {person.key: person.hospital for _, person in members}
        for membership, person in members:
            visiting = script.rhythm == "patients" and person.kind == "doctor"
            if visiting or person.kind in ("staff", "outsider") or person.key in silent:
                continue
            if person.key not in leads and rng.random() < script.lurkers:
                continue
            self.voices.append(self._voice(membership, person, now, leads.get(person.key, 0.0)))

    def _voice(self, membership: DemoMembership, person: DemoPerson, now: datetime, lead: float) -> Voice:
        rng = self._rng
        joined, left = membership.joined_at, membership.left_at or now
        if lead or rng.random() < CORE_SHARE:
            weight = lead or min(2.2 * rng.lognormvariate(0.0, 0.7), HEAVIEST)
            return Voice(person, weight, joined, left, ((joined, left),))
        span = left - joined
        windows = [self._stay(joined, span * rng.random() ** 2)]
        if rng.random() < RETURN_SHARE:
            windows.append(self._stay(joined, span * rng.uniform(0.5, 0.98)))
        return Voice(person, rng.lognormvariate(-0.6, 0.9), joined, left, tuple(windows))

    def _stay(self, joined: datetime, after: timedelta) -> tuple[datetime, datetime]:
        first = joined + after
        return first, first + timedelta(days=1 + self._rng.expovariate(1 / STAY_MEAN_DAYS))

    def pick(self, at: datetime, language: str, *, without: set[str], level: float = 1.0) -> Voice | None:
        """Somebody who may speak now and is not in ``without``; ``level`` below 1 evens the weights out."""
        ready = [voice for voice in self.voices if voice.speaks(at, language) and voice.person.key not in without]
        if not ready:
            return None
        return self._rng.choices(ready, weights=[voice.weight**level for voice in ready])[0]

    def member(self, key: str, at: datetime) -> bool:
        """Whether the person of ``key`` may speak here at ``at``."""
        return any(voice.person.key == key and voice.joined_at < at < voice.left_at for voice in self.voices)
