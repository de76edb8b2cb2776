"""One refresh: new facts in, dirty days rolled up, metrics computed, all published at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hearth.core.metrics import Metric
from hearth.insight.rules.columnfile import Damaged, Manifest
from hearth.insight.services.columns.changes import find_dirty, settle_states, take_in, take_in_presence
from hearth.insight.services.columns.reading import changes_of, read, todo
from hearth.insight.services.columns.rolling import roll
from hearth.insight.services.columns.store import ColumnStore, recorded
from hearth.insight.services.columns.work import SCHEMAS, Feed, Work, connect

Tell = Callable[[str, int, int], None]
STATES = ("people", "units", "memberships", "doors")
__all__ = ["Feed", "refresh_columns", "unheard"]


def refresh_columns(
    store: ColumnStore, feed: Feed, metrics: Sequence[Metric], today: int, tell: Tell | None = None
) -> Manifest:
    """Bring the columns of a community up to its newest fact, and the readings to the beginning of the day ``today``.

    Does what is left when called again after being killed. Column files that are damaged are found out before they are
    used; then everything is built anew from the facts. ``tell(step, done, total)`` hears the progress.
    """
    hear = tell or unheard
    with store.alone():
        try:
            base = store.manifest()
            if base.through and feed.mark(base.through) != base.mark:
                raise Damaged("the facts are not those the columns were made of")
            today = max(today, base.today)  # a clock that went back: readings are never unsaid
            return _refreshed(store, base, feed, metrics, today, hear)
        except Damaged:
            store.discard()
            return _refreshed(store, Manifest(), feed, metrics, today, hear)


def unheard(_step: str, _done: int, _total: int) -> None:
    """Nobody listens."""


def _refreshed(
    store: ColumnStore, base: Manifest, feed: Feed, metrics: Sequence[Metric], today: int, tell: Tell
) -> Manifest:
    store.clear(base)
    con = connect(store)
    try:
        work = Work(store, base, con, base.number + 1)
        return _run(work, feed, [metric for metric in metrics if metric.expression is not None], today, tell)
    finally:
        con.close()


def _run(work: Work, feed: Feed, metrics: list[Metric], today: int, tell: Tell) -> Manifest:
    upto = feed.upto()
    for table in SCHEMAS:
        work.view(table, [])
    for state in (*STATES, "spans", "takedowns", "verdicts"):
        work.state(state)
    for state in STATES:
        work.load(f"new_{state}", getattr(feed, state)())
        work.write(state, 0, f"SELECT * FROM new_{state}")
    tell("facts", 0, 1)
    take_in(work, feed, upto)
    work.spare_threads()
    presence_through = take_in_presence(work, feed)
    find_dirty(work)
    settle_states(work)
    roll(work, lambda done, total: tell("days", done, total))
    first = work.sql("SELECT coalesce(min(first_day), ?) FROM new_spans", (today - 1,))[0][0]
    wanted = todo(metrics, work, changes_of(work, today), today, first)
    read(work, metrics, wanted, today, first, lambda done, total: tell("metrics", done, total))
    files = {name: mark for name, mark in work.base.files.items() if name not in work.dropped}
    published = recorded(
        replace(
            work.base, number=work.number, through=upto, mark=feed.mark(upto), presence_through=presence_through,
            today=today, files=files,
        ),
        work.store.folder, work.fresh,
    )  # fmt: skip
    work.store.publish(published)
    return published
