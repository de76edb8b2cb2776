"""A metric is declared once: the diagnosis, evaluating it in memory, says what the engine says by its expression."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hearth.carriers.tests.archives import DATA, needs_data
from hearth.core.metrics import metrics
from hearth.insight.queries.archive import read_archive
from hearth.insight.queries.talk_feed import TalkFeed
from hearth.insight.rules.catalogue import OVERRIDES
from hearth.insight.rules.diagnosis import members_of
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.replies import Talk as Read, read_talk
from hearth.insight.rules.talk_log import Origin, TalkLog
from hearth.insight.rules.times import DAY
from hearth.insight.services.columns import readings_at, unheard
from hearth.insight.tests.talk import START, Talk

CHOSEN = [metrics[override.name] for override in OVERRIDES]
NOW, LIFE = ({one.name for one in OVERRIDES if one.anchor == anchor} for anchor in ("now", "life"))
Told = dict[tuple[str, str], float | None]


def views_of(log: TalkLog, talk: Read, at: int) -> list[GroupView]:
    bounds, members = log.bounds(), members_of(log, at)
    return [
        GroupView(log, talk, info, int(bounds[g]), int(bounds[g + 1]), at, members[g])
        for g, info in enumerate(log.groups)
    ]


def in_memory(views: list[GroupView]) -> Told:
    return {(view.info.id, one.name): one.compute(view).value for view in views for one in OVERRIDES}


def by_engine(log: TalkLog, talk: Read, day: int) -> Told:
    rows = readings_at(TalkFeed(log, talk), CHOSEN, day, unheard).to_pylist()
    return {(log.groups[row["unit"] - 1].id, row["metric"]): row["value"] for row in rows if row["grain"] == "group"}


def with_anchors_at(views: list[GroupView], log: TalkLog, day: int) -> TalkLog:
    """The log with each group's time shifted so that its last weeks of life end where ``day`` begins."""
    shift = np.array([day * DAY - view.anchor for view in views])
    infos = [
        replace(view.info, created_ms=view.info.created_ms and view.info.created_ms + int(shift[g]))
        for g, view in enumerate(views)
    ]
    return replace(log, at=log.at + shift[log.group], groups=tuple(infos))


def differing(found: Told, wanted: Told, names: set[str]) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    """Where both do not say the same: counts exactly, others to 1e-9. Only groups that the engine knows by then."""
    pairs = {key: (found[key], value) for key, value in wanted.items() if key[1] in names}
    assert pairs
    return {key: pair for key, pair in pairs.items() if not _same(*pair)}


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= (0 if isinstance(one, int) else 1e-9)


def compare(log: TalkLog, day: int) -> Told:
    """Hold both against each other as of the beginning of a day; returns what they agreed on."""
    log = log.until(day * DAY)
    talk = read_talk(log)
    views = views_of(log, talk, day * DAY)
    found = in_memory(views)
    assert differing(found, by_engine(log, talk, day), NOW) == {}
    assert differing(found, by_engine(with_anchors_at(views, log, day), talk, day), LIFE) == {}
    return found


def town(seed: int, **more) -> Talk:
    """Four rooms over a year, by chance: threads, replies, machines, links, adverts, and one that falls silent."""
    dice, talk = np.random.default_rng(seed), Talk()
    words = ("fine", "does anyone know?", "how?", "see https://example.org", "加我微信 abc12345 兼职日赚500")
    said: dict[str, list[str]] = {}
    for day in np.sort(np.r_[dice.uniform(0, 60, 60), dice.uniform(0, 340, 1100)]):
        room = str(dice.choice(["ward", "ward", "clinic", "old", "news"]))
        if room == "old" and day > 150 and dice.random() < 0.98:
            continue
        near = said.setdefault(room, [])
        known = day < 100 or dice.random() < 0.7
        who = f"u{int(dice.zipf(1.4)) % 30}" if known else f"new{int(day) // 4 - dice.integers(12)}"
        for at in day + np.cumsum(dice.exponential(0.004, int(dice.choice([1, 1, 2, 4])))):  # several in a row
            kind = {"thread": f"t{int(day)}"} if room == "clinic" and dice.random() < 0.8 else {}
            if near and dice.random() < 0.35 and room != "old":
                kind["reply_to"] = near[-int(dice.integers(1, 1 + min(6, len(near))))]
            origin = Origin(int(dice.choice(5, p=[0.9, 0.04, 0.03, 0.02, 0.01])))
            text = str(dice.choice(words, p=[0.5, 0.25, 0.1, 0.1, 0.05]))
            near.append(talk.say(float(at), who, text, room, origin=origin, **kind))
            if text.endswith("?") and dice.random() < 0.6:
                talk.say(float(at) + dice.exponential(2), f"u{dice.integers(9)}", "yes", room, reply_to=near[-1])
    talk.builder.given = more.get("given", False)
    return talk


@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("given", [False, True])
def test_the_diagnosis_says_what_the_engine_says(seed, given):
    found = compare(town(seed, given=given).log(), START // DAY + 341)
    valued = {name for (_, name), value in found.items() if value}
    assert {one.name for one in OVERRIDES} - valued == set()  # each was put to the test


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2, 6))
@pytest.mark.parametrize("given", [False, True])
def test_and_so_it_does_whatever_chance_brings(seed, given):
    compare(town(seed, given=given).log(), START // DAY + 250 + 10 * seed)


def test_it_does_where_joins_and_leaves_are_known():
    talk = town(1)
    for place in range(20):
        talk.builder.add_move("ward", f"u{place}", START + (10 * place) * DAY, joined=True)
        if place % 3 == 0:
            talk.builder.add_move("ward", f"u{place}", START + (10 * place + 50) * DAY, joined=False)
    compare(talk.log(), START // DAY + 200)


@pytest.mark.parametrize("wrong", ["questions_open", "starts_per_week", "newcomers_kept", "reciprocity"])
def test_negative_control_another_reading_of_the_words_is_found(wrong):
    """An answer, a start, a message or a link less, in one of the two only."""
    log = town(1).log()
    day = START // DAY + 341
    talk = read_talk(log)
    views = views_of(log, talk, day * DAY)
    found = in_memory(views)
    cut = {
        "questions_open": lambda: (log, replace(talk, answer=np.full(len(log), -1), target=np.full(len(log), -1))),
        "starts_per_week": lambda: (replace(log, at=log.at // DAY * DAY), talk),
        "newcomers_kept": lambda: (replace(log, author=np.roll(log.author, 1)), talk),
        "reciprocity": lambda: (log, replace(talk, target=np.full(len(log), -1))),
    }[wrong]()
    assert differing(found, by_engine(*cut, day), {wrong}) != {}


@needs_data
@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("ncar_zulip", 0),
        ("bytecodealliance_zulip", 0),
        ("bytecodealliance_zulip", 200),
        ("bytecodealliance_zulip", 700),
        ("fcc_gitter", 200),
        ("bytecodealliance_github_events", 0),
    ],
)
def test_on_real_archives_both_say_the_same(name, back):
    log = read_archive(Path(DATA) / name / "messages.ndjson.xz")
    last = log.last_ordinary()
    assert last is not None
    found = compare(log, last // DAY + 1 - back)
    assert len(found) >= 2 * len(OVERRIDES)
