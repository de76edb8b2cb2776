"""Profiles: what members say of themselves."""

from typing import Any

from django.conf import settings
from django.db import transaction

from hearth.core import audit
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.models import User
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.kit.text import one_line
from hearth.people.access import member_for
from hearth.people.errors import NameMissing
from hearth.people.facts import ProfileChanged
from hearth.people.models import Member
from hearth.people.queries.badges import badges_belied
from hearth.people.registry import CHANGE_MEMBERS
from hearth.people.rules.zones import time_zones
from hearth.people.services.verification import end_verifications
from hearth.people.types import MemberKind

FIELDS = {
    "display_name": 80,
    "real_name": 120,
    "hospital": 120,
    "department": 120,
    "title": 80,
    "city": 80,
    "about": 1000,
}


@transaction.atomic
def update_profile(actor: Actor, *, member: Member | None = None, why: str = "", **changes: Any) -> Member:
    """Change profile fields of the actor, or of ``member`` by staff; ``kind`` only by staff.

    A real name, hospital or department that is not what a badge confirmed ends it. Raises NotFound, NotAllowed,
    NameMissing, Refusal (too long, unknown kind).
    """
    target = member_for(actor, member.pk if member else actor.member_id or 0)
    if target.pk != actor.member_id or "kind" in changes:
        demand(actor, CHANGE_MEMBERS.key)
    told = _cleaned(changes)
    belied = badges_belied(target, told)
    changed = [name for name, value in told.items() if _put(target, name, value)]
    if not changed:
        return target
    target.save(update_fields=[*changed, "search_terms"])
    emit(ProfileChanged(member=target.pk, fields=sorted(changed)), actor=actor, subject=f"member:{target.pk}")
    end_verifications(actor, belied, "profile_changed")
    if target.pk != actor.member_id:
        audit.record(actor, "profile_changed", f"member:{target.pk}", after={"fields": sorted(changed)}, why=why)
    return target


def _cleaned(changes: dict[str, Any]) -> dict[str, str]:
    cleaned = {}
    for name, value in changes.items():
        if name == "kind":
            if value not in MemberKind.values:
                raise Refusal("Choose one of the values offered.", field="kind")
            cleaned[name] = str(value)
            continue
        text = str(value).strip() if name == "about" else one_line(str(value))
        if len(text) > FIELDS[name]:
            raise Refusal("This is too long: at most %(most)s characters.", field=name, most=FIELDS[name])
        if name == "display_name" and not text:
            raise NameMissing(field="display_name")
        cleaned[name] = text
    return cleaned


def _put(target: Member, name: str, value: str) -> bool:
    if getattr(target, name) == value:
        return False
    setattr(target, name, value)
    return True


@transaction.atomic
def choose_speech(user: User, *, language: str, time_zone: str) -> None:
    """Keep a user's language and time zone ('' leaves it to the browser). Raises Refusal for unknown ones."""
    if language and language not in dict(settings.LANGUAGES):
        raise Refusal("Choose one of the values offered.", field="language")
    if time_zone and time_zone not in time_zones():
        raise Refusal("There is no time zone of this name.", field="time_zone")
    if not User.objects.filter(pk=user.pk).update(language=language, time_zone=time_zone):
        raise NotFound()
    user.language, user.time_zone = language, time_zone


def mark_seen(actor: Actor) -> None:
    """Note that a member was here today (UTC): one guarded update a day, no fact."""
    if actor.member_id is not None:
        today = now().date()
        Member.objects.filter(pk=actor.member_id).exclude(last_seen_on=today).update(last_seen_on=today)
