"""Messages that show a cause, in the form that pages and reports carry."""

from collections.abc import Iterable

from hearth.insight.rules.group_view import GroupView
from hearth.insight.types import Evidence

SHOWN = 5


def evidence(view: GroupView, rows: Iterable[int]) -> tuple[Evidence, ...]:
    """Messages as evidence."""
    log = view.log
    return tuple(
        Evidence(
            message=log.message_id(int(row)),
            channel=view.info.name,
            author=log.authors[int(log.author[row])].name,
            at=int(log.at[row]),
            excerpt=log.excerpt(int(row)),
        )
        for row in rows
    )
