"""Column files: a refresh by days says what a full rebuild says, is published whole, and finds out damage."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import duckdb
import pytest

from hearth.core.metrics import Metric, metric, metrics
from hearth.insight.services.columns import ColumnStore, Damaged, refresh_columns
from hearth.insight.tests.columns import DAY, START, Story, living

# Enough for the quick suite: one of each kind of look at the log. The thorough one takes them all.
SOME = [metrics[name] for name in ("messages_28d", "questions_answered_24h", "authors_returning", "gini", "members")]


def readings(store: ColumnStore) -> dict[tuple, tuple]:
    """Every reading that is published: (moment, grain, unit, metric) → (value, n, note)."""
    (name,) = store.manifest().of("readings")[0]
    rows = duckdb.sql(f"SELECT moment, grain, unit, metric, value, n, note FROM '{store.folder / name}'").fetchall()
    return {row[:4]: (row[4] and float(f"{row[4]:.9g}"), *row[5:]) for row in rows}


@pytest.fixture
def store(tmp_path):
    return ColumnStore(tmp_path / "columns")


@pytest.fixture(scope="module")
def eight_days(tmp_path_factory):
    """The columns of ``living(1, 8, 40)`` as they are refreshed on its last day."""
    made = ColumnStore(tmp_path_factory.mktemp("eight_days") / "columns")
    refresh_columns(made, living(1, 8, 40), SOME[:1], START + 8)
    return made


@pytest.fixture
def refreshed(eight_days, store):
    """A store of one's own with the eight days in it."""
    shutil.copytree(eight_days.folder, store.folder)
    return store


def rebuilt(tmp_path, story: Story, chosen: list[Metric], day: int) -> dict[tuple, tuple]:
    whole = ColumnStore(tmp_path / "whole")
    refresh_columns(whole, story, chosen, START + day)
    return readings(whole)


def differing(found: dict, expected: dict) -> dict:
    return {key: (found.get(key), expected.get(key)) for key in found.keys() | expected.keys()
            if found.get(key) != expected.get(key)}  # fmt: skip


def test_day_by_day_comes_to_what_a_full_rebuild_says(tmp_path, store):
    story = living(1, 40, 300)
    refresh_columns(store, story, SOME, START + 40)
    story.go_on(7, range(40, 41), 30)
    story.members[5] = 6  # a merge
    refresh_columns(store, story, SOME, START + 42)
    expected = rebuilt(tmp_path, story, SOME, 42)
    assert len(expected) == 7 * len(SOME) * 4  # six Mondays and today; three groups and the community
    assert differing(readings(store), expected) == {}


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1])
def test_every_metric_comes_to_the_same_however_it_was_refreshed(tmp_path, store, seed):
    story = living(seed, 60, 900)
    refresh_columns(store, story, list(metrics), START + 60)
    for day in (62, 69):
        story.go_on(seed * 100 + day, range(day - 1, day), 40)
        if day == 62:
            story.members[5] = 6
        refresh_columns(store, story, list(metrics), START + day)
    expected = rebuilt(tmp_path, story, list(metrics), 69)
    assert len(expected) > 1000
    assert differing(readings(store), expected) == {}


WINDOWED = [one for one in metrics if one.expression is not None and one.window_days and one.history]


@pytest.mark.thorough
@pytest.mark.parametrize("days", sorted({one.window_days for one in WINDOWED}))
def test_a_metric_looks_back_no_further_than_it_says(tmp_path, store, days):
    """What lies before its window changes nothing. (Memberships and firsts are states, not looks back.)"""
    story, today = living(4, 260, 1100), START + 260
    chosen = [replace(one, history=False) for one in WINDOWED if one.window_days == days]  # of today alone
    refresh_columns(store, story, chosen, today)
    begin = today - days - 8  # answers are watched for a week after their question
    late = Story(**{key: getattr(story, key) for key in Story.__dataclass_fields__})
    ends = {a["object"]: a["kind"] for a in story.acts_told if a["kind"] in {"taken_down", "put_back"}}
    said = [a for a in story.acts_told if a["kind"] == "message" and ends.get(a["object"]) != "taken_down"]
    said.sort(key=lambda a: -a["at"])
    firsts = {(a["unit"], a["identity"], a["origin"]): a["fact"] for a in said}.values()
    late.acts_told = [
        a
        if a["day"] >= begin or a["fact"] in firsts or a["kind"] in {"taken_down", "put_back"}
        else a | {"kind": "reaction", "origin": "bot"}
        for a in story.acts_told
    ]
    assert late.acts_told != story.acts_told
    other = rebuilt(tmp_path, late, chosen, 260)
    found = readings(store)
    assert {key[0] for key in found} == {today}
    assert found == other


def test_a_metric_that_is_new_or_has_changed_is_computed_for_the_past_too(store):
    story = living(2, 30, 100)
    refresh_columns(store, story, SOME[:1], START + 30)
    refresh_columns(store, story, SOME[:2], START + 30)
    assert {key[3] for key in readings(store) if key[0] < START + 30} == {"messages_28d", "questions_answered_24h"}
    before = readings(store)
    changed = replace(SOME[0], version=2, expression=metrics["members"].expression)
    refresh_columns(store, story, [changed, metrics["members"]], START + 30)
    found = readings(store)
    for moment in {key[0] for key in before}:
        assert found[moment, "group", 1, "messages_28d"] == found[moment, "group", 1, "members"]


def test_what_becomes_of_those_at_a_door_is_felt_by_the_days_that_look_back_at_it(tmp_path, store):
    story = living(2, 40, 100)
    names = ("approval_rate", "threshold_passed", "onboarding_completed", "purity")
    asked, today = [metrics[name] for name in names], START + 40
    refresh_columns(store, story, asked, today)
    before = readings(store)
    assert all(before[today, "community", 0, name][1] for name in names)
    for row in story.knocks:
        if START + 10 <= row["day"] < START + 12:
            row |= {"passed": True, "settled": row["day"]}  # decided anew
    refresh_columns(store, story, asked, today)
    after = readings(store)
    fresh = ColumnStore(tmp_path / "fresh")
    refresh_columns(fresh, story, asked, today)
    assert after == readings(fresh) != before


def test_too_few_is_said_and_never_guessed(store):
    story = Story()
    for day in range(4):
        story.say(1, 1 + day, 10 + day)
    refresh_columns(store, story, [metrics["gini"], metrics["messages_28d"]], START + 20)
    found = readings(store)
    assert found[START + 20, "group", 1, "gini"] == (None, 4, "too_few")
    assert found[START + 20, "group", 1, "messages_28d"] == (4.0, 4, "")


def test_the_same_message_told_twice_counts_once(store):
    story = Story()
    first = story.say(1, 1, 10)
    story.say(1, 1, 10, object=first)
    refresh_columns(store, story, [metrics["messages_28d"]], START + 12)
    assert readings(store)[START + 12, "group", 1, "messages_28d"] == (1.0, 1, "")


def test_a_reply_from_a_clock_that_runs_behind_is_an_answer_at_once(store):
    story = Story()
    for day in range(5):
        asked = story.say(1, 1, 10 + day, question=True)
        story.say(1, 2, 10 + day - 0.01, parent=asked)
    refresh_columns(store, story, [metrics["time_to_first_answer"]], START + 20)
    assert readings(store)[START + 20, "group", 1, "time_to_first_answer"] == (0.0, 5, "")


def test_a_clock_that_goes_back_takes_no_reading_back(store):
    story = living(3, 20, 60)
    refresh_columns(store, story, SOME[:1], START + 20)
    before = readings(store)
    assert refresh_columns(store, story, SOME[:1], START + 3).today == START + 20
    assert readings(store) == before


def damage(path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 0x55
    path.write_bytes(bytes(body))


@pytest.mark.parametrize("table", ["acts", "messages", "member_days", "spans", "readings", "people"])
def test_a_damaged_file_is_found_out_and_everything_is_built_anew(refreshed, table):
    expected = readings(refreshed)
    damage(sorted(refreshed.folder.glob(f"{table}/*.parquet"))[-1])
    refresh_columns(refreshed, living(1, 8, 40), SOME[:1], START + 8)
    assert differing(readings(refreshed), expected) == {}


def test_negative_control_without_the_check_damage_is_not_noticed(store):
    story = living(1, 30, 120)
    manifest = refresh_columns(store, story, SOME[:1], START + 30)
    (name,) = manifest.of("people")[0]
    damage(store.folder / name)
    with pytest.raises(Damaged, match="was changed after it was written"):
        store.checked(manifest, [name])
    assert store.manifest() == manifest  # reading the manifest alone says nothing


def test_a_log_that_was_replaced_is_measured_from_its_beginning(tmp_path, refreshed):
    restored = living(2, 8, 40)
    restored.name = "restored"
    refresh_columns(refreshed, restored, SOME[:1], START + 8)
    assert differing(readings(refreshed), rebuilt(tmp_path, restored, SOME[:1], 8)) == {}


def test_a_refresh_that_breaks_off_at_any_step_publishes_nothing(refreshed):
    story = living(1, 8, 40)
    store = refreshed
    before, manifest = readings(store), store.manifest()
    story.go_on(5, range(8, 9), 10)
    steps: list[str] = []

    def stop_at(count: int):
        def tell(step: str, _done: int, _total: int) -> None:
            steps.append(step)
            if len(steps) == count:
                raise InterruptedError(step)

        return tell

    for count in range(1, 6):
        steps.clear()
        with pytest.raises(InterruptedError):
            refresh_columns(store, story, SOME[:1], START + 9, stop_at(count))
        assert (store.manifest(), readings(store)) == (manifest, before)
    refresh_columns(store, story, SOME[:1], START + 9)
    assert START + 9 in {key[0] for key in readings(store)}
    published = {f"{path.parent.name}/{path.name}" for path in store.folder.glob("*/*.parquet")}
    assert published == set(store.manifest().files)  # nothing of the broken ones is left


@pytest.mark.thorough
def test_a_refresh_killed_at_any_moment_leaves_a_whole_state(tmp_path, store):
    story = living(1, 60, 600)
    refresh_columns(store, story, SOME, START + 60)
    before = readings(store)
    expected = rebuilt(tmp_path, living_and_on(), SOME, 61)
    outcomes = set()
    for delay in (0.4, 1.2, 2.0, 2.5, 3.5):
        child = subprocess.Popen([sys.executable, "-m", "hearth.insight.tests.refreshing", str(store.folder)])
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
        found = readings(store)
        outcomes.add("before" if found == before else "after" if differing(found, expected) == {} else "torn")
    assert outcomes <= {"before", "after"}
    subprocess.run([sys.executable, "-m", "hearth.insight.tests.refreshing", str(store.folder)], check=True,
                   env={**os.environ})  # fmt: skip
    assert differing(readings(store), expected) == {}


def living_and_on() -> Story:
    """The story of the killed refreshes, as the child tells it."""
    story = living(1, 60, 600)
    story.go_on(5, range(60, 61), 40)
    return story


def test_a_metric_needs_an_expression_or_something_to_wait_for():
    with pytest.raises(ValueError, match="needs one of"):
        metric("nothing", title="", definition="", family="value", unit="count", direction=0, window_days=1)


def test_a_message_at_midnight_belongs_to_the_day_that_begins(store):
    story = Story()
    story.say(1, 1, 10)
    assert story.acts_told[0]["at"] % DAY == 0
    refresh_columns(store, story, [metrics["messages_28d"]], START + 10)
    assert readings(store)[START + 10, "group", 1, "messages_28d"] == (0.0, 0, "")
    refresh_columns(store, story, [metrics["messages_28d"]], START + 11)
    assert readings(store)[START + 11, "group", 1, "messages_28d"] == (1.0, 1, "")
