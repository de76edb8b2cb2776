"""The golden check: every metric says what the same metric says that is written in SQL by hand."""

import pytest

from hearth.core.metrics import metrics
from hearth.insight.services.columns import ColumnStore, refresh_columns
from hearth.insight.services.columns.reading import log_of
from hearth.insight.tests.columns import START
from hearth.insight.tests.golden import by_hand
from hearth.insight.tests.test_columns import living

pytestmark = pytest.mark.thorough


def _evaluable():
    return [metric for metric in metrics if metric.expression is not None]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A store with a story of a hundred days."""
    store = ColumnStore(tmp_path_factory.mktemp("golden") / "columns")
    refresh_columns(store, living(11, 100, 1500), list(metrics), START + 100)
    return store


@pytest.mark.parametrize("grain", ["group", "community"])
def test_every_metric_says_what_sql_by_hand_says(told, grain):
    moment, wrong, valued = START + 100, {}, set()
    (name,) = told.manifest().of("readings")[0]
    with log_of(told, grain, moment) as con:
        for metric in _evaluable():
            if grain not in metric.grains:
                continue
            found = con.sql(
                f"SELECT unit, value, n FROM '{told.folder / name}' WHERE grain = '{grain}' AND moment = {moment} "
                f"AND metric = '{metric.name}' ORDER BY unit"
            ).fetchall()
            wanted = con.sql(
                f"FROM ({by_hand(metric.name, metric.nothing, metric.minimum, moment)}) ORDER BY unit"
            ).fetchall()
            if _told(found) != _told(wanted):
                wrong[metric.name] = (found, wanted)
            if any(value for _, value, _ in found):
                valued.add(metric.name)
    assert wrong == {}
    assert len(valued) > 30


def _told(rows):
    return [(unit, value if value is None else float(f"{value:.9g}") + 0.0, n) for unit, value, n in rows]
