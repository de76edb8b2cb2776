"""What modules show on pages they do not know: panels on a thing's page, and what waits for a person on Today.

A module registers both in its ``panels.py``; the shell that composes a page asks for them by the page's name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from hearth.kit.registry import Registry
from hearth.ui.types import Text

Load = Callable[[HttpRequest, Any], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """One box on a page about ``subject``. ``load`` gives its template's context, or None to leave it out.

    ``place`` is "main" or "side"; ``order`` sorts within it.
    """

    key: str
    page: str
    template: str
    load: Load
    place: str = "main"
    order: int = 50


panels: Registry[Panel] = Registry("panel")


def panel(key: str, page: str, template: str, *, place: str = "main", order: int = 50) -> Callable[[Load], Load]:
    """Register the function that loads a panel: ``load(request, subject)``."""

    def declare(load: Load) -> Load:
        panels.register(key, Panel(key, page, template, load, place, order))
        return load

    return declare


def panels_of(page: str, request: HttpRequest, subject: Any) -> dict[str, list[SafeString]]:
    """The rendered panels of a page by place, each in its order."""
    found: dict[str, list[SafeString]] = {"main": [], "side": []}
    for one in sorted(panels, key=lambda one: one.order):
        if one.page != page:
            continue
        context = one.load(request, subject)
        if context is not None:
            html = render_to_string(one.template, {"subject": subject, **context}, request)
            found[one.place].append(mark_safe(html))  # a template's own output
    return found


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One thing that needs a person. ``since`` is when it began to wait; ``due`` is its deadline, if it has one.

    ``action`` labels the one thing to do at ``url``; with ``post`` it is done at once. ``who`` is (name, key of the
    face). ``stage`` shows a temperature, ``quote`` somebody's words.
    """

    title: Text
    url: str
    action: Text
    since: datetime
    due: datetime | None = None
    detail: Text = ""
    quote: str = ""
    who: tuple[str, object] | None = None
    stage: str = ""
    post: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a source found: the oldest items, how many there are in all, and where the rest stands."""

    items: Sequence[AgendaItem] = ()
    total: int = 0
    more_url: str = ""


class Urgency(IntEnum):
    """What a kind of work waits for; Today shows the smallest first."""

    ANSWER = 1  # somebody asked or wrote, and hears nothing
    DECISION = 2  # somebody cannot go on until it is decided
    GROUP = 3  # a group or the community goes worse
    HOUSE = 4  # the machinery did not get through


@dataclass(frozen=True, slots=True)
class AgendaSource:
    """A kind of work that waits. ``tone`` colours its mark: caution for deadlines, danger for people at risk."""

    key: str
    title: Text
    icon: str
    load: Callable[[HttpRequest], Waiting]
    urgency: Urgency
    tone: str = ""


agenda: Registry[AgendaSource] = Registry("agenda source")


def agenda_source(
    key: str, title: Text, *, icon: str, urgency: Urgency, tone: str = ""
) -> Callable[[Callable[[HttpRequest], Waiting]], Callable[[HttpRequest], Waiting]]:
    """Register a source of work for Today. It answers nothing to whoever may not do the work."""

    def declare(load: Callable[[HttpRequest], Waiting]) -> Callable[[HttpRequest], Waiting]:
        agenda.register(key, AgendaSource(key, title, icon, load, urgency, tone))
        return load

    return declare
