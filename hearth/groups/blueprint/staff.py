"""Who runs the community."""

from collections.abc import Sequence
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from hearth.core.errors import NotFound
from hearth.core.permissions import ROLE_WORDS, Actor, StaffRole
from hearth.core.sections import Stranger, section
from hearth.groups.blueprint import words as part_words
from hearth.groups.queries import staff_list
from hearth.groups.registry import GIVE_STAFF_ROLE
from hearth.groups.services import end_staff, make_staff
from hearth.kit.described import Change, Objects, Part, Shape
from hearth.people.queries import emails_of, members_by_email

Role = Literal["admin", "operator", "moderator", "reviewer", "auditor"]


def in_order(roles: list[str]) -> list[str]:
    """Each role once, the highest first."""
    return [role.value for role in StaffRole if role.value in roles]


class StaffPart(Part):
    """Somebody with roles over the whole community, under the address with which they sign in."""

    roles: Annotated[list[Role], Field(min_length=1), AfterValidator(in_order)] = Field(
        [], description="What they may do."
    )


def read() -> Objects:
    """Everybody with a staff role, by address; who never signs in is not told and never touched."""
    held = staff_list()
    emails = emails_of({member.pk for member, _role in held})
    found: dict[str, list[str]] = {}
    for member, role in held:
        if member.pk in emails:
            found.setdefault(emails[member.pk], []).append(role)
    return {email: {"roles": in_order(found[email])} for email in sorted(found)}


def nobody_knows(email: str) -> Stranger:
    """What is said about an address that belongs to no member."""
    said = _("%(email)s is no member of this community yet. Invite them, then apply the blueprint again.")
    return Stranger(said % {"email": email}, email)


def _settled(objects: Objects) -> tuple[Objects, list[str]]:
    known = members_by_email(objects)
    here = {email: fields for email, fields in objects.items() if email in known}
    return here, [nobody_knows(email) for email in objects if email not in known]


def _write(actor: Actor, change: Change) -> None:
    member = members_by_email([change.key]).get(change.key)
    if member is None:
        raise NotFound()
    before, after = set(change.before.get("roles", ())), set(change.after.get("roles", ()))
    for role in in_order(list(after - before)):
        make_staff(actor, member, role)
    for role in in_order(list(before - after)):
        end_staff(actor, member, role)


def _consequences(changes: Sequence[Change]) -> list[list[str]]:
    return [_follows(change) for change in changes]


def _follows(change: Change) -> list[str]:
    before, after = set(change.before.get("roles", ())), set(change.after.get("roles", ()))
    lost = [str(ROLE_WORDS[StaffRole(role)]) for role in in_order(list(before - after))]
    said = [_("%(email)s is no longer %(role)s.") % {"email": change.key, "role": role} for role in lost]
    if not before and after:
        said.append(_("%(email)s can see the console, once they sign in with a second factor.") % {"email": change.key})
    return said


section(
    Shape("staff", lambda: StaffPart, keyed=True, keys="person", after=("charter",), needed=("roles",)),
    title="Staff",
    help="Who runs the community, by the address with which they sign in.",
    permission=GIVE_STAFF_ROLE.key,
    read=read,
    write=_write,
    words=part_words.staff,
    settled=_settled,
    consequences=_consequences,
)
