"""The organisation's tree."""

from collections.abc import Sequence
from typing import Literal

from django.db.models import Count
from django.utils.translation import ngettext
from pydantic import Field

from hearth.core.errors import NotFound
from hearth.core.permissions import Actor
from hearth.core.sections import section
from hearth.groups.blueprint import words as part_words
from hearth.groups.models import Group, Place
from hearth.groups.registry import CHANGE_CHARTER
from hearth.groups.services import add_place, change_place, remove_place
from hearth.kit.described import Change, Key, Objects, Part, Shape, words


class PlacePart(Part):
    """A node of the organisation: the whole, a region, a site, a department."""

    kind: Literal["organisation", "region", "site", "department"] = Field("site", description="Its level.")
    name: words(80, one=True, needed=True) = Field({}, description="What it is called.")  # type: ignore[valid-type]
    parent: Key | None = Field(None, description="The key of the place above it.")


def read() -> Objects:
    """Every place by its key."""
    rows = Place.objects.order_by("path").values_list("key", "kind", "name", "parent__key")
    return {key: {"kind": kind, "name": name, "parent": parent} for key, kind, name, parent in rows}


def place_called(key: str | None) -> Place | None:
    """The place of a key; None for no key. Raises NotFound."""
    if key is None:
        return None
    found = Place.objects.filter(key=key).first()
    if found is None:
        raise NotFound()
    return found


def _write(actor: Actor, change: Change) -> None:
    fields = {**change.after}
    if "parent" in fields:
        fields["parent"] = place_called(fields["parent"])
    if change.kind == "create":
        add_place(actor, key=change.key, **fields)
        return
    place = place_called(change.key)
    assert place is not None
    if change.kind == "change":
        change_place(actor, place, **fields)
    else:
        remove_place(actor, place)


def _consequences(changes: Sequence[Change]) -> list[list[str]]:
    leaving = [change.key for change in changes if change.kind == "remove"]
    held = Group.objects.filter(place__key__in=leaving) if leaving else Group.objects.none()
    counts = dict(held.order_by().values_list("place__key").annotate(n=Count("pk")))
    return [
        [_homeless(counts[change.key])] if change.kind == "remove" and counts.get(change.key) else []
        for change in changes
    ]


def _homeless(count: int) -> str:
    said = ngettext("%(count)s group stands at no place then.", "%(count)s groups stand at no place then.", count)
    return said % {"count": count}


section(
    Shape(
        "places",
        lambda: PlacePart,
        keyed=True,
        after=("charter",),
        parent="parent",
        needed=("name", "kind"),
        lasting=frozenset({"name"}),
    ),
    title="Places",
    help="The organisation: where groups stand.",
    permission=CHANGE_CHARTER.key,
    read=read,
    write=_write,
    words=part_words.places,
    consequences=_consequences,
)
