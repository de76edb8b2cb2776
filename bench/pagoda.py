"""A community the size of Pagoda's, by chance and at any scale: 4,800 shops with three groups of 300 members each.

Writes acts and presence day by day as Parquet and hands them to a refresh as a ``Feed``; no Python object per act.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SHOPS, GROUPS, MEMBERS = 4_800, 3, 300
ACTS_PER_GROUP_AND_DAY = 154.3  # 200 million in 90 days
SEEN_PER_GROUP_AND_DAY = 60
START = 20_000 - 20_000 % 7 + 4  # a Monday
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
SHARED = 60  # people of a shop who are in all its groups
REMEMBERED = 24  # messages of a group that an act may be about
# Hours of the day: asleep, morning peak, lunch, evening peak.
HOURS = np.array([1, 0.5, 0.3, 0.2, 0.2, 0.5, 1.5, 4, 7, 8, 7.5, 6.5, 7, 6, 5, 5.5, 6, 6.5, 7.5, 9, 9.5, 8, 5, 2.5])
WEEKDAYS = np.array([1.05, 1.1, 1.08, 1.06, 1.0, 0.86, 0.85])
KINDS = np.array(["message", "reaction", "accepted", "withdrawn", "taken_down", "put_back"])
SHARES = np.array([0.74, 0.245, 0.009, 0.0005, 0.005, 0.0005])
_SCHEMA = pa.schema([("fact", pa.int64()), ("at", pa.int64()), ("day", pa.int32()), ("unit", pa.int64()),
                     ("identity", pa.int64()), ("kind", pa.string()), ("object", pa.int64()), ("parent", pa.int64()),
                     ("thread", pa.int64()), ("origin", pa.string()), ("question", pa.bool_())])  # fmt: skip


@dataclass
class Town:
    """The people and groups of a scale."""

    scale: float
    seed: int = 7

    def __post_init__(self) -> None:
        chance = np.random.default_rng(self.seed)
        self.shops = max(1, round(SHOPS * self.scale))
        self.units = self.shops * GROUPS
        # Warm and cold groups: a tenth of them make half of the talk.
        warmth = chance.lognormal(0.0, 1.3, self.units)
        self.rates = ACTS_PER_GROUP_AND_DAY * warmth / warmth.mean()

    def identity(self, unit: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Who has a place in a group; the first places are the same people in all groups of a shop."""
        shop, group = np.divmod(unit - 1, GROUPS)
        return shop * 1000 + np.where(place < SHARED, place, place + 300 * group) + 1

    def write(self, folder: Path, days: int) -> None:
        """Write the acts and the presence of so many days."""
        folder.mkdir(parents=True, exist_ok=True)
        recent = np.zeros((self.units, REMEMBERED), dtype=np.int64)
        last, seen, ends = 0, 0, []
        for number in range(days):
            day = START + number
            chance = np.random.default_rng([self.seed, number])
            acts = self._day(chance, day, last, recent)
            pq.write_table(acts, folder / f"acts-{day}.parquet", compression="zstd")
            present = self._present(chance, day)
            pq.write_table(present, folder / f"presence-{day}.parquet", compression="zstd")
            last, seen = acts["fact"][-1].as_py(), seen + len(present)
            ends.append((last, seen))
        pq.write_table(self._memberships(START + days), folder / "memberships.parquet")
        (folder / "town.json").write_text(json.dumps({"scale": self.scale, "seed": self.seed, "ends": ends}))

    def _day(self, chance: np.random.Generator, day: int, last: int, recent: np.ndarray) -> pa.Table:
        counts = chance.poisson(self.rates * WEEKDAYS[(day - 4) % 7])
        unit = np.repeat(np.arange(1, self.units + 1), counts)
        size = len(unit)
        hour = chance.choice(24, size, p=HOURS / HOURS.sum())
        at = np.sort(day * DAY_MS + hour * HOUR_MS + chance.integers(0, HOUR_MS, size))
        unit = unit[chance.permutation(size)]
        kind = chance.choice(len(KINDS), size, p=SHARES)
        fact = last + 1 + np.arange(size)
        about = _about(chance, unit, kind == 0, fact, recent)
        # Heavy-tailed: the rank of who acts is log-uniform, so that a member's share falls with 1/rank.
        place = (np.exp(chance.random(size) * np.log(MEMBERS + 1)) - 1).astype(np.int64)
        says = kind == 0
        answers = says & (about > 0) & (chance.random(size) < 0.45)
        threaded = answers & (chance.random(size) < 0.2)
        verdict = (kind == 2) | (kind == 3)
        told = (about > 0) | says
        late = chance.random(size) < 0.001
        moment = np.where(late, at - chance.exponential(6 * HOUR_MS, size).astype(np.int64), at)
        seeded = place == 0  # the shop's own account
        origin = np.where(seeded, np.where(chance.random(size) < 0.3, "scheduled", "operator"), "organic")
        parent = np.where(verdict, about, np.where(answers & ~(threaded & (chance.random(size) < 0.5)), about, 0))
        thread = np.where(threaded, about, 0)
        table = pa.table(
            [fact, moment, (moment // DAY_MS).astype(np.int32), unit, self.identity(unit, place), KINDS[kind].tolist(),
             np.where(says, fact, np.where(verdict, fact - 1, about)), _null(parent), _null(thread), origin.tolist(),
             says & (chance.random(size) < 0.15)],
            schema=_SCHEMA,
        )  # fmt: skip
        return table.filter(pa.array(told)) if not told.all() else table

    def _present(self, chance: np.random.Generator, day: int) -> pa.Table:
        counts = chance.poisson(SEEN_PER_GROUP_AND_DAY * np.sqrt(self.rates / self.rates.mean()))
        unit = np.repeat(np.arange(1, self.units + 1), np.minimum(counts, MEMBERS))
        place = (MEMBERS * chance.random(len(unit)) ** 1.5).astype(np.int64)
        pairs = np.unique(np.stack([unit, place]), axis=1)
        return pa.table({"unit": pairs[0], "day": np.full(pairs.shape[1], day, np.int32),
                         "member": self.identity(pairs[0], pairs[1])})  # fmt: skip

    def _memberships(self, end: int) -> pa.Table:
        chance = np.random.default_rng([self.seed, 1_000_000])
        unit = np.repeat(np.arange(1, self.units + 1), MEMBERS)
        place = np.tile(np.arange(MEMBERS), self.units)
        joined = START - 200 + chance.integers(0, 200 + end - START, len(unit))
        joined = np.where(chance.random(len(unit)) < 0.7, np.minimum(joined, START), joined)
        stay = chance.exponential(500, len(unit)).astype(np.int64)
        verified = chance.random(len(unit)) < 0.2
        return pa.table({
            "unit": unit, "member": self.identity(unit, place), "joined": joined.astype(np.int32),
            "until": (joined + stay).astype(np.int32), "invited": chance.random(len(unit)) < 0.3,
            "verified_from": pa.array((joined + 3).astype(np.int32), mask=~verified),
            "verified_until": pa.nulls(len(unit), pa.int32()),
        })  # fmt: skip


def _null(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.int64(), mask=values == 0)


def _about(
    chance: np.random.Generator, unit: np.ndarray, says: np.ndarray, fact: np.ndarray, recent: np.ndarray
) -> np.ndarray:
    """The message of the same group that each act is about, 0 where there is none before it; ``recent`` moves on."""
    units, kept = recent.shape
    all_units = np.concatenate([np.repeat(np.arange(1, units + 1), kept), unit])
    all_facts = np.concatenate([recent.ravel(), fact])
    all_says = np.concatenate([recent.ravel() > 0, says])
    order = np.lexsort((all_facts, all_units))
    place_of = np.cumsum(all_says[order]) - all_says[order]  # how many messages stand before each row
    spoken = order[all_says[order]]
    back = np.minimum(chance.geometric(0.35, len(order)), kept)
    target = place_of - back
    found = np.where(target >= 0, spoken[np.maximum(target, 0)], 0) if len(spoken) else np.zeros(len(order), np.int64)
    good = (target >= 0) & (all_units[found] == all_units[order])
    about = np.zeros(len(order), np.int64)
    about[order] = np.where(good, all_facts[found], 0)
    ends = np.searchsorted(all_units[spoken], np.arange(1, units + 1), side="right")
    for step in range(kept):
        place = ends - kept + step
        same = (place >= 0) & (place < ends) & (all_units[spoken[np.maximum(place, 0)]] == np.arange(1, units + 1))
        recent[:, step] = np.where(same, all_facts[spoken[np.maximum(place, 0)]], 0)
    return about[units * kept :]


class TownFeed:
    """``insight.services.columns.Feed`` of a town's first ``days`` days."""

    def __init__(self, folder: Path, days: int) -> None:
        told = json.loads((folder / "town.json").read_text())
        self.folder, self.days, self.ends = folder, days, told["ends"]
        self.town = Town(told["scale"], told["seed"])

    @property
    def today(self) -> int:
        """The day after the last."""
        return START + self.days

    def upto(self) -> int:
        """The last fact of the last day."""
        return self._fact_ends()[self.days - 1]

    def _fact_ends(self) -> list[int]:
        return [end for end, _ in self.ends]

    def mark(self, fact: int) -> str:
        """The same for the same town."""
        return f"{self.town.scale}:{fact}"

    def acts(self, after: int, upto: int) -> Iterator[pa.Table]:
        """Acts, a day at a time."""
        for number, end in enumerate(self._fact_ends()[: self.days]):
            if end <= after:
                continue
            rows = pq.read_table(self.folder / f"acts-{START + number}.parquet")
            yield rows.filter((pc.field("fact") > after) & (pc.field("fact") <= upto))

    def presence(self, after: int) -> Iterator[tuple[int, pa.Table]]:
        """Who was seen, a day at a time."""
        for number, (_, end) in enumerate(self.ends[: self.days]):
            if end > after:
                yield end, pq.read_table(self.folder / f"presence-{START + number}.parquet")

    def people(self) -> pa.Table:
        """Everybody who has a place."""
        unit = np.repeat(np.arange(1, self.town.units + 1), MEMBERS)
        who = np.unique(self.town.identity(unit, np.tile(np.arange(MEMBERS), self.town.units)))
        return pa.table({"identity": who, "member": who, "is_bot": who % 1000 == 2})

    def units(self) -> pa.Table:
        """Every group."""
        return pa.table(
            {"unit": np.arange(1, self.town.units + 1), "born": np.full(self.town.units, START - 200, np.int32)}
        )

    def doors(self) -> pa.Table:
        """Nobody is asked anything here."""
        nothing = {"unit": pa.int64(), "member": pa.int64(), "day": pa.int32(), "kind": pa.string(),
                   "passed": pa.bool_(), "settled": pa.int32()}  # fmt: skip
        return pa.table({name: pa.array([], kind) for name, kind in nothing.items()})

    def memberships(self) -> pa.Table:
        """Memberships as they stand after the last day."""
        rows = pq.read_table(self.folder / "memberships.parquet")
        rows = rows.filter(pc.field("joined") < self.today)
        until = rows["until"]
        until = pc.if_else(pc.less(until, self.today), until, pa.scalar(None, pa.int32()))
        verified = pc.if_else(
            pc.less(rows["verified_from"], self.today), rows["verified_from"], pa.scalar(None, pa.int32())
        )
        return rows.set_column(3, "until", until).set_column(5, "verified_from", verified)
