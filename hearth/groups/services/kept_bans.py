"""Bans outlive an erasure: whoever comes back with the same address finds them again."""

from typing import TYPE_CHECKING

from django.db.models import Q

from hearth.core import audit, crypto
from hearth.core.facts import emit
from hearth.groups.access import live_restrictions
from hearth.groups.facts import RestrictionSet
from hearth.groups.models import KeptBan, Restriction
from hearth.groups.types import RestrictionKind
from hearth.kit.clock import now
from hearth.people.queries import confirmed_addresses
from hearth.people.types import Subject

if TYPE_CHECKING:
    from hearth.people.models import Member

WHY = "Kept from an earlier account with the same address."


def _mark(address: str) -> str:
    return crypto.fingerprint("banned address", address.lower().encode())


def keep_bans(subject: Subject) -> None:
    """Put the bans in force aside, in the community in scope, before everything about somebody is erased."""
    for ban in live_restrictions(RestrictionKind.BAN).filter(member__in=subject.members).order_by("pk"):
        for address in subject.emails:
            KeptBan.objects.get_or_create(mark=_mark(address), group_id=ban.group_id, until=ban.until)


def renew_bans(member: "Member") -> None:
    """Put the bans of somebody who was erased on the newcomer who shows the same address."""
    if member.person.user_id is None:
        return
    addresses = confirmed_addresses(member.person.user_id)
    in_force = Q(until=None) | Q(until__gt=now())
    for kept in KeptBan.objects.filter(in_force, mark__in=[_mark(address) for address in addresses]):
        row = Restriction.objects.create(
            member=member, group_id=kept.group_id, kind=RestrictionKind.BAN, why=WHY, until=kept.until, by="house"
        )
        until = kept.until.isoformat() if kept.until else None
        told = RestrictionSet(restriction=row.pk, member=member.pk, group=kept.group_id, kind="ban", until=until)
        subject = f"group:{kept.group_id}" if kept.group_id else f"member:{member.pk}"
        emit(told, subject=subject)
        audit.record(None, "ban_kept", f"member:{member.pk}", after={"restriction": row.pk})
