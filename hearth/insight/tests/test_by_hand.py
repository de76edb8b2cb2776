"""The numbers of the diagnosis beside the same ones counted in plain Python from the archive's lines."""

import json
import lzma
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hearth.carriers.tests.archives import DATA, needs_data
from hearth.insight.queries.archive import diagnose_archive
from hearth.insight.types import GroupDiagnosis
from hearth.kit.language import is_question

DAY = 86_400
Row = dict[str, Any]


class Counted:
    """One group's rows, counted by hand. Everybody talks in threads; times in seconds."""

    def __init__(self, rows: list[Row], at: float, anchor: float) -> None:
        rows = sorted(rows, key=lambda row: row["ts"])
        self.all, self.at, self.anchor = rows, at, anchor
        self.own = [row for row in rows if not row.get("bot")]

    def window(self, days: int, skip: int = 0, end: float | None = None) -> list[Row]:
        end = self.at if end is None else end
        return [row for row in self.own if end - (days + skip) * DAY <= row["ts"] < end - skip * DAY]

    def people(self, days: int, skip: int = 0) -> set[str]:
        return {row["u"] for row in self.window(days, skip)}

    def asks(self) -> Iterator[tuple[Row, Row | None]]:
        """Each question with the first answer by somebody else within a week; several by one person in a thread within
        ten minutes are one.
        """
        threads: dict[str, list[Row]] = defaultdict(list)
        for row in self.own:
            threads[row["th"]].append(row)
        for talk in threads.values():
            last: dict[str, float] = {}
            for place, row in enumerate(talk):
                if is_question(row["t"]):
                    before = last.get(row["u"], -math.inf)
                    if row["ts"] - before >= 600 and self.anchor - 91 * DAY <= row["ts"] < self.anchor:
                        answer = next((one for one in talk[place + 1 :] if one["u"] != row["u"]), None)
                        yield row, answer if answer and answer["ts"] - row["ts"] <= 7 * DAY else None
                    last[row["u"]] = row["ts"]

    def activity(self) -> dict[str, float | None]:
        before, now = self.people(28, 28), self.people(28)
        first: dict[str, float] = {}
        opened: dict[str, int] = {}
        for row in self.own:
            first.setdefault(row["u"], row["ts"])
        for row in self.all:
            opened.setdefault(row["th"], id(row))
        late = [ts for ts in first.values() if self.own and ts >= self.own[0]["ts"] + 28 * DAY]
        return {
            "members": len(first),
            "messages": len(self.own),
            "authors_28d": len(now),
            "messages_28d": len(self.window(28)),
            "authors_trend": len(now) / len(before) - 1 if len(before) >= 5 else None,
            "authors_returning": len(now & before) / len(before) if len(before) >= 5 else None,
            "authors_peak": max(len(self.people(28, 7 * week)) for week in range(27)),
            "weeks_active": sum(len(self.people(7, 7 * week)) >= 2 for week in range(8)),
            "silence_days": (self.at - self.own[-1]["ts"]) // DAY if self.own else None,
            "starts_per_week": sum(id(row) in opened.values() for row in self.window(28)) / 4,
            "newcomers": sum(ts >= self.at - 28 * DAY for ts in late),
        }

    def questions(self) -> dict[str, float | None]:
        if any("re" in row for row in self.all):
            return {}  # quotes answer from outside the thread: not counted here
        asked = list(self.asks())
        settled = [(row, answer) for row, answer in asked if row["ts"] < self.anchor - DAY]
        in_time = sum(answer is not None and answer["ts"] - row["ts"] <= DAY for row, answer in settled)
        return {
            "questions": len(asked),
            "questions_open": sum(answer is None for _, answer in settled),
            "questions_answered_24h": in_time / len(settled) if len(settled) >= 5 else None,
            "time_to_first_answer": self.median_wait(asked) if len(asked) >= 5 else None,
        }

    def median_wait(self, asked: list[tuple[Row, Row | None]]) -> float | None:
        """Kaplan-Meier in hours: who still waits is counted as waiting until now, at most for a week."""
        waits = [
            (answer["ts"] - row["ts"] if answer else min(self.anchor - row["ts"], 7 * DAY), answer is not None)
            for row, answer in asked
        ]
        still = 1.0
        for moment in sorted({wait for wait, came in waits if came}):
            at_risk = sum(wait >= moment for wait, _ in waits)
            still *= 1 - sum(wait == moment and came for wait, came in waits) / at_risk
            if still <= 0.5 + 1e-12:
                return moment / 3600
        return None

    def concentration(self) -> dict[str, float | None]:
        counts = sorted(Counter(row["u"] for row in self.window(91, end=self.anchor)).values())
        total, people = sum(counts), len(counts)
        if total < 5:
            return dict.fromkeys(("top1_share", "absence_factor", "effective_speakers", "gini"))
        fewest = next(k for k in range(1, people + 1) if 2 * sum(counts[-k:]) >= total)
        pairs = sum(abs(one - other) for one in counts for other in counts)
        return {
            "top1_share": counts[-1] / total,
            "absence_factor": fewest,
            "effective_speakers": math.exp(-sum(n / total * math.log(n / total) for n in counts)),
            "gini": pairs / (2 * people * (people - 1) * total / people) if people >= 5 else None,
        }


def compare(group: GroupDiagnosis, counted: Counted) -> None:
    found = {"members": group.members, "messages": group.messages, **group.metrics}
    for name, value in {**counted.activity(), **counted.questions(), **counted.concentration()}.items():
        wanted = None if value is None else pytest.approx(value, abs=6e-5)
        assert found[name] == wanted, f"{name} of {group.name}"


def compare_all(path: Path, rows: list[Row]) -> None:
    found = diagnose_archive(path)
    last = max(row["ts"] for row in rows if not row.get("bot"))
    assert (found.at, found.reply_basis) == (last * 1000 + 1, "threads")
    assert {group.id for group in found.groups} == {row["ch"] for row in rows}
    for group in found.groups:
        here = [row for row in rows if row["ch"] == group.id]
        compare(group, Counted(here, found.at / 1000, group.anchor / 1000))


@pytest.mark.parametrize("seed", range(4))
def test_a_small_archive_gives_the_numbers_counted_by_hand(tmp_path, seed):
    dice = random.Random(seed)
    words = ("fine", "does anyone know?", "请问几点开门", "see you", "thanks")
    rows: list[Row] = []
    for ident in range(900):
        room = dice.choice(("ward", "ward", "clinic", "old"))
        day = dice.random() * (150 if room == "old" else 400)
        who, topic = f"u{int(dice.expovariate(0.2))}", f"{room} {int(day * dice.choice((1, 2)))}"
        at = 1_600_000_000 + int(day * DAY)
        row = {"id": str(ident), "ts": at, "ch": room, "u": who, "th": topic, "t": dice.choice(words)}
        rows.append({**row, "bot": 1} if dice.random() < 0.05 else row)
    rows.sort(key=lambda row: row["ts"])
    path = tmp_path / "messages.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    compare_all(path, rows)


@needs_data
@pytest.mark.parametrize("name", ["ncar_zulip"])
def test_a_real_archive_gives_the_numbers_counted_by_hand(name):
    path = DATA / name / "messages.ndjson.xz"
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = list({(row["ch"], str(row["id"])): row for row in map(json.loads, lines)}.values())
    compare_all(path, rows)
