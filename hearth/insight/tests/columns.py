"""A feed of acts that a test writes, or that chance writes from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

DAY = 86_400_000
START = 20_000  # the first day of every story, 2024-10-04
AHEAD = {3: 480}  # unit → minutes its clock is ahead of UTC


def table(rows: list[dict[str, Any]], **types: pa.DataType) -> pa.Table:
    """Rows as an Arrow table with the given types."""
    return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))


_INT, _DAY, _YES, _TEXT = pa.int64(), pa.int32(), pa.bool_(), pa.string()


@dataclass
class Story:
    """Acts in the order they were recorded, and who and what they are about."""

    acts_told: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    members: dict[int, int] = field(default_factory=dict)  # identity → member
    bots: set[int] = field(default_factory=set)
    groups: dict[int, int] = field(default_factory=dict)  # unit → day it was opened
    stays: list[dict[str, Any]] = field(default_factory=list)
    knocks: list[dict[str, Any]] = field(default_factory=list)
    name: str = "story"

    def say(self, unit: int, who: int, day: float, **more: Any) -> int:
        """Somebody posts; the message's number is that of its fact. ``day`` counts from the story's start."""
        at = int((START + day) * DAY)
        self.members.setdefault(who, who)
        self.groups.setdefault(unit, START - 1)
        fact = len(self.acts_told) + 1
        ahead = AHEAD.get(unit, 0)
        row = {"fact": fact, "at": at, "day": (at + ahead * 60_000) // DAY, "offset": ahead, "unit": unit,
               "identity": who, "kind": "message", "object": fact, "parent": None, "thread": None, "origin": "organic",
               "question": False, "link": None, "advert": None}  # fmt: skip
        row |= more
        self.acts_told.append(row)
        return fact

    def do(self, kind: str, about: int, day: float, who: int | None = None, **more: Any) -> int:
        """Something happens to a message: a reaction, a takedown, an acceptance."""
        meant = self.acts_told[about - 1]
        return self.say(meant["unit"], who or meant["identity"], day, kind=kind, object=about, **more)

    def go_on(self, seed: int, days: range, acts: int) -> None:
        """More random acts."""
        by_chance(self, seed, days, acts)

    def join(self, unit: int, member: int, day: int, left: int | None = None, **more: Any) -> None:
        """Somebody becomes a member, and may leave."""
        row = {"unit": unit, "member": member, "joined": START + day, "until": None if left is None else START + left,
               "invited": False, "verified_from": None, "verified_until": None} | more  # fmt: skip
        self.stays.append(row)

    def upto(self) -> int:
        return len(self.acts_told)

    def mark(self, fact: int) -> str:
        return f"{self.name}:{fact}"

    def acts(self, after: int, upto: int) -> Iterator[pa.Table]:
        yield table(
            self.acts_told[after:upto], fact=_INT, at=_INT, day=_DAY, unit=_INT, identity=_INT, kind=_TEXT, object=_INT,
            parent=_INT, thread=_INT, origin=_TEXT, question=_YES, offset=pa.int16(), link=_YES, advert=_YES,
        )  # fmt: skip

    def presence(self, after: int) -> Iterator[tuple[int, pa.Table]]:
        yield len(self.seen), table(self.seen[after:], unit=_INT, day=_DAY, member=_INT)

    def people(self) -> pa.Table:
        rows = [{"identity": one, "member": who, "is_bot": one in self.bots} for one, who in self.members.items()]
        return table(rows, identity=_INT, member=_INT, is_bot=_YES)

    def units(self) -> pa.Table:
        return table([{"unit": unit, "born": born} for unit, born in self.groups.items()], unit=_INT, born=_DAY)

    def memberships(self) -> pa.Table:
        return table(
            self.stays, unit=_INT, member=_INT, joined=_DAY, until=_DAY, invited=_YES, verified_from=_DAY,
            verified_until=_DAY,
        )  # fmt: skip

    def knock(self, unit: int, member: int, day: int, kind: str, *, passed: bool, settled: int | None = None) -> None:
        """Somebody comes to a door, is decided on, welcomed or matched."""
        row = {"unit": unit, "member": member, "day": START + day, "kind": kind, "passed": passed,
               "settled": None if settled is None else START + settled}  # fmt: skip
        self.knocks.append(row)

    def doors(self) -> pa.Table:
        return table(self.knocks, unit=_INT, member=_INT, day=_DAY, kind=_TEXT, passed=_YES, settled=_DAY)


def by_chance(story: Story, seed: int, days: range, acts: int) -> None:
    """Add ``acts`` random acts in three groups over some days, a few of them late, taken down, accepted or merged."""
    chance = np.random.default_rng(seed)
    for day in np.sort(chance.uniform(days.start, days.stop, acts)):
        who, unit = int(chance.zipf(1.5)) % 23 + 1, int(chance.integers(1, 4))
        messages = [a for a in story.acts_told if a["kind"] == "message"]
        kind = chance.choice(["message", "reaction", "taken_down", "put_back", "accepted", "withdrawn", "late"],
                             p=[0.72, 0.12, 0.04, 0.02, 0.04, 0.01, 0.05])  # fmt: skip
        if not messages or kind in {"message", "late"}:
            near = [a for a in messages if a["unit"] == unit][-8:]
            answered = int(chance.choice([a["object"] for a in near])) if near and chance.random() < 0.6 else None
            threaded = answered if answered and chance.random() < 0.3 else None
            when = max(0.0, day - float(chance.exponential(20))) if kind == "late" else day
            story.say(unit, who, when, parent=None if threaded and chance.random() < 0.5 else answered, thread=threaded,
                      question=bool(chance.random() < 0.3), origin="operator" if who == 1 else "organic",
                      link=bool(chance.random() < 0.2), advert=bool(chance.random() < 0.1) or None)  # fmt: skip
            continue
        meant = messages[int(chance.integers(max(0, len(messages) - 200), len(messages)))]["object"]
        if kind in {"accepted", "withdrawn"}:
            answer = int(chance.integers(1, len(story.acts_told) + 1))
            fact = story.do(kind, meant, day, who)
            story.acts_told[fact - 1] |= {"object": answer, "parent": meant}
        else:
            story.do(kind, meant, day, who if kind == "reaction" else None)


def living(seed: int, days: int, acts: int) -> Story:
    """A random story with memberships, a bot and verified members."""
    story = Story()
    by_chance(story, seed, range(days), acts)
    story.bots = {7}
    for member in range(1, 24):
        for unit in (1, 2, 3):
            if (member + unit) % 2:
                story.join(unit, member, member % 9 * 3, left=80 if member % 5 == 0 else None, invited=member % 3 == 0,
                           verified_from=START if member % 4 == 0 else None)  # fmt: skip
                came = days - (member * 7 + unit) % 60
                story.knock(unit, member, came, "tried", passed=member % 3 > 0, settled=came + member % 9)
                story.knock(unit, member, came, "decided", passed=member % 4 > 0)
                story.knock(unit, member, came, "welcomed", passed=member % 5 > 0)
                story.knock(unit, member, came, "placed", passed=member % 6 > 0)
    return story
