"""The organisation's tree, and where in it a group stands."""

from typing import Any

from django.db import IntegrityError, transaction

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.groups.access import roles_in
from hearth.groups.errors import KeyTaken, PlaceInUse
from hearth.groups.facts import GroupChanged, PlaceAdded, PlaceChanged, PlaceRemoved
from hearth.groups.models import Group, Place
from hearth.groups.registry import CHANGE_CHARTER, MANAGE_GROUP
from hearth.groups.rules.keys import is_key, key_from
from hearth.groups.services.texts import LocalInput, chosen, local
from hearth.groups.types import PlaceKind
from hearth.kit.ids import new_code


@transaction.atomic
def add_place(actor: Actor, *, kind: str, name: LocalInput, parent: Place | None = None, key: str = "") -> Place:
    """Add a node to the organisation's tree. Raises NotAllowed, KeyTaken, Refusal."""
    demand(actor, CHANGE_CHARTER.key)
    names = _named(actor, name)
    made = key or key_from(names.get("en", "")) or f"place-{new_code(6).lower()}"
    if not is_key(made, 60):
        raise Refusal("Use small letters, digits and hyphens for the short name.", field="key")
    if not key and Place.objects.filter(key=made).exists():
        made = f"{made}-{new_code(4).lower()}"
    place = Place(key=made, parent=parent, kind=chosen(kind, PlaceKind.values, "kind"), name=names)
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError:
        raise KeyTaken(field="key") from None
    place.path = _path(place, parent)
    place.save(update_fields=["path"])
    told = PlaceAdded(place=place.pk, parent=parent.pk if parent else None, kind=kind)
    emit(told, actor=actor, subject=f"place:{place.pk}")
    audit.record(actor, "place_added", f"place:{place.pk}", after={"kind": kind, "path": place.path})
    return place


def _named(actor: Actor, name: LocalInput) -> dict[str, str]:
    language = Community.objects.values_list("language", flat=True).get(pk=actor.community_id)
    names = local(name, language, most=80, field="name")
    if not names:
        raise Refusal("Give the place a name.", field="name")
    return names


def _path(place: Place, parent: Place | None) -> str:
    return f"{parent.path if parent else '/'}{place.pk}/"


@transaction.atomic
def change_place(actor: Actor, place: Place, **changes: Any) -> Place:
    """Rename a place, change its kind, or move it with all below it (``parent``). Raises NotAllowed, Refusal."""
    demand(actor, CHANGE_CHARTER.key)
    fresh = Place.objects.select_for_update().get(pk=place.pk)
    new = {field: _checked(actor, fresh, field, value) for field, value in changes.items()}
    changed = sorted(field for field, value in new.items() if getattr(fresh, field) != value)
    for field in changed:
        setattr(fresh, field, new[field])
    if not changed:
        return fresh
    fresh.save(update_fields=changed)
    if "parent" in changed:
        _move(fresh)
    emit(PlaceChanged(place=fresh.pk, fields=changed), actor=actor, subject=f"place:{fresh.pk}")
    audit.record(actor, "place_changed", f"place:{fresh.pk}", after={"fields": changed, "path": fresh.path})
    return fresh


def _checked(actor: Actor, place: Place, field: str, value: Any) -> Any:
    if field == "name":
        return _named(actor, value)
    if field == "kind":
        return chosen(value, PlaceKind.values, "kind")
    if field != "parent":
        raise TypeError(f"a place has no {field} to change")
    if value is not None and value.path.startswith(place.path):
        raise Refusal("A place cannot stand below itself.", field="parent")
    return value


def _move(place: Place) -> None:
    """Write the paths of a place and of all below it anew."""
    before, place.path = place.path, _path(place, place.parent)
    below = list(Place.objects.filter(path__startswith=before))
    for one in below:
        one.path = place.path + one.path[len(before) :]
    Place.objects.bulk_update(below, ["path"], batch_size=200)


@transaction.atomic
def remove_place(actor: Actor, place: Place) -> None:
    """Take a node away; its groups stand at no place then. Raises NotAllowed, PlaceInUse."""
    demand(actor, CHANGE_CHARTER.key)
    if Place.objects.filter(parent=place).exists():
        raise PlaceInUse()
    before = {"kind": place.kind, "path": place.path}
    subject, pk = f"place:{place.pk}", place.pk
    place.delete()
    emit(PlaceRemoved(place=pk), actor=actor, subject=subject)
    audit.record(actor, "place_removed", subject, before=before)


@transaction.atomic
def place_group(actor: Actor, group: Group, place: Place | None) -> None:
    """Put a group at a place of the organisation, or nowhere. Raises NotAllowed."""
    demand(actor, MANAGE_GROUP.key, roles_in(actor, group))
    before = group.place_id
    if before == (place.pk if place else None):
        return
    group.place = place
    group.save(update_fields=["place"])
    emit(GroupChanged(group=group.pk, fields=["place"]), actor=actor, subject=f"group:{group.pk}")
    after = {"place": place.pk if place else None}
    audit.record(actor, "group_changed", f"group:{group.pk}", before={"place": before}, after=after)
