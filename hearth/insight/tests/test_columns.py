"""Column files: a refresh by days says what a full rebuild says, is published whole, and finds out damage."""

import duckdb
import pytest

from hearth.core.metrics import metrics
from hearth.insight.services.columns import ColumnStore, refresh_columns
from hearth.insight.tests.columns import START, Story, by_chance


def readings(store: ColumnStore) -> dict[tuple, tuple]:
    """Every reading that is published: (moment, grain, unit, metric) → (value, n, note)."""
    (name,) = store.manifest().of("readings")[0]
    rows = duckdb.sql(f"SELECT moment, grain, unit, metric, value, n, note FROM '{store.folder / name}'").fetchall()
    return {row[:4]: (row[4] and float(f"{row[4]:.9g}"), *row[5:]) for row in rows}


def living(seed: int, days: int, acts: int) -> Story:
    story = Story()
    by_chance(story, seed, range(days), acts)
    story.bots = {7}
    for member in range(1, 24):
        for unit in (1, 2, 3):
            if (member + unit) % 2:
                story.join(unit, member, member % 9 * 3, left=80 if member % 5 == 0 else None, invited=member % 3 == 0,
                           verified_from=START if member % 4 == 0 else None)  # fmt: skip
    return story


@pytest.fixture
def store(tmp_path):
    return ColumnStore(tmp_path / "columns")


@pytest.mark.parametrize("seed", [1, 2])
def test_day_by_day_comes_to_what_a_full_rebuild_says(tmp_path, store, seed):
    story = living(seed, 60, 900)
    refresh_columns(store, story, list(metrics), START + 60)
    for day in (61, 62, 69):
        by_chance(story, seed * 100 + day, range(day - 1, day), 40)
        if day == 62:
            story.members[5] = 6  # a merge
        refresh_columns(store, story, list(metrics), START + day)
    whole = ColumnStore(tmp_path / "whole")
    refresh_columns(whole, story, list(metrics), START + 69)
    expected = readings(whole)
    told = readings(store)
    assert {key: (told.get(key), value) for key, value in expected.items() if told.get(key) != value} == {}
    assert told.keys() == expected.keys()
    assert len(expected) > 1000
