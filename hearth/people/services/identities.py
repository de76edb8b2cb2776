"""Identities: brought in from archives, claimed by members, merged and parted again without a trace of doubt."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hearth.core import audit, wake
from hearth.core.errors import NotFound
from hearth.core.facts import emit, insert_rows, new_fact_key
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.core.tenancy import community_scope
from hearth.kit.clock import now
from hearth.kit.ids import new_key
from hearth.people.errors import MergeRefused, NotOneself
from hearth.people.facts import IdentityClaimed, MemberJoined, MembersMerged, MergeUndone
from hearth.people.models import Identity, IdentityClaim, Member, Person
from hearth.people.registry import MERGE, before_merge
from hearth.people.types import ImportedIdentity, MemberKind

IMPORT_BATCH = 500


def import_identities(community: Community, source: str, rows: Iterable[ImportedIdentity]) -> dict[str, int]:
    """Bring in the authors of an archive as unclaimed members; returns external id → identity id of every row given.

    Repeating it changes nothing; a row whose name changed keeps the first. Works in batches of 500, each atomic, so
    that others may write in between. Emits one historical ``people.member_joined`` per new member.
    """
    known: dict[str, int] = {}
    with community_scope(community):
        for batch in _batches(rows, IMPORT_BATCH):
            unseen = {row.external_id: row for row in batch if row.external_id not in known}
            with transaction.atomic():
                found = Identity.objects.filter(source=source, external_id__in=list(unseen))
                known.update(found.values_list("external_id", "pk"))
                fresh = [row for key, row in unseen.items() if key not in known]
                known.update(_bring_in(community, source, fresh))
    return known


def _batches(rows: Iterable[ImportedIdentity], size: int) -> Iterator[list[ImportedIdentity]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def _bring_in(community: Community, source: str, rows: Sequence[ImportedIdentity]) -> dict[str, int]:
    if not rows:
        return {}
    moment = now()
    persons = Person.objects.bulk_create(Person(real_name=row.real_name[:120], created_at=moment) for row in rows)
    members = Member.objects.bulk_create(
        Member(
            person=person,
            kind=MemberKind.GUEST,
            display_name=(row.name.strip() or row.external_id)[:80],
            real_name=row.real_name[:120],
            joined_at=row.joined_at or moment,
        )
        for person, row in zip(persons, rows, strict=True)
    )
    identities = Identity.objects.bulk_create(
        Identity(
            member=member,
            source=source,
            external_id=row.external_id,
            name=row.name[:120],
            is_bot=row.is_bot,
            created_at=moment,
        )
        for member, row in zip(members, rows, strict=True)
    )
    _tell_joined(community.pk, members, moment)
    return {identity.external_id: identity.pk for identity in identities}


def _tell_joined(community_id: int, members: Sequence[Member], moment: datetime) -> None:
    adapt = connection.ops.adapt_datetimefield_value
    recorded: Any = adapt(moment)
    name, version = MemberJoined.fact_name, MemberJoined.fact_version  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        insert_rows(
            cursor,
            [
                (
                    new_fact_key(), community_id, name, version, "", "", "organic", f"member:{member.pk}", None,
                    adapt(member.joined_at), recorded, True,
                    json.dumps({"member": member.pk, "person": member.person_id, "kind": str(member.kind)}),
                )
                for member in members
            ],
        )  # fmt: skip
    transaction.on_commit(wake.poke)


@transaction.atomic
def claim_identity(actor: Actor, identity: Identity, to_member: Member, why: str = "") -> UUID:
    """Recognise an imported identity as a member's own. Returns the batch for ``undo_merge``.

    Raises NotAllowed, MergeRefused for a member's native identity or one they already hold.
    """
    demand(actor, MERGE.key)
    if identity.source == Identity.NATIVE:
        raise MergeRefused("This is the member's own identity here; merge the two members instead.")
    if identity.member_id == to_member.pk or to_member.merged_into_id:
        raise MergeRefused()
    batch, from_member = new_key(), identity.member_id
    _pass_on(actor, [identity], to_member, batch, why)
    told = IdentityClaimed(identity=identity.pk, from_member=from_member, to_member=to_member.pk, batch=str(batch))
    emit(told, actor=actor, subject=f"member:{to_member.pk}")
    audit.record(
        actor,
        "identity_claimed",
        f"identity:{identity.pk}",
        before={"member": from_member},
        after={"member": to_member.pk},
        why=why,
    )
    return batch


@transaction.atomic
def merge_members(actor: Actor, from_member: Member, into_member: Member, why: str) -> UUID:
    """Make two members one human: all identities of the first pass to the second. Returns the batch for the way back.

    Raises NotAllowed, NotOneself, MergeRefused, and what other modules object (``registry.before_merge``).
    """
    demand(actor, MERGE.key)
    if from_member.pk == into_member.pk:
        raise NotOneself("A member cannot be merged with themselves.")
    if from_member.merged_into_id or into_member.merged_into_id:
        raise MergeRefused("One of the two was already merged. Choose the member that is left.")
    for objects in before_merge:
        objects(from_member, into_member)
    batch = new_key()
    identities = list(Identity.objects.select_for_update().filter(member=from_member))
    _pass_on(actor, identities, into_member, batch, why)
    from_member.merged_into, from_member.merge_batch = into_member, batch
    from_member.save(update_fields=["merged_into", "merge_batch"])
    emit(
        MembersMerged(
            from_member=from_member.pk,
            into_member=into_member.pk,
            batch=str(batch),
            identities=[identity.pk for identity in identities],
        ),
        actor=actor,
        subject=f"member:{into_member.pk}",
    )
    audit.record(
        actor,
        "members_merged",
        f"member:{from_member.pk}",
        after={"into": into_member.pk, "batch": str(batch), "identities": len(identities)},
        why=why,
    )
    return batch


def _pass_on(actor: Actor, identities: Sequence[Identity], to: Member, batch: UUID, why: str) -> None:
    IdentityClaim.objects.bulk_create(
        IdentityClaim(
            identity=identity, from_member_id=identity.member_id, to_member=to, batch=batch, why=why[:200], by=actor.ref
        )
        for identity in identities
    )
    Identity.objects.filter(pk__in=[identity.pk for identity in identities]).update(member=to)


@transaction.atomic
def undo_merge(actor: Actor, batch: UUID) -> None:
    """Take a claim or merge back exactly: every identity returns to where it was, the merged member lives again.

    Raises NotAllowed, NotFound for an unknown or undone batch, MergeRefused when a later merge stands in the way.
    """
    demand(actor, MERGE.key)
    claims = list(IdentityClaim.objects.select_for_update().filter(batch=batch, undone_at=None).order_by("pk"))
    merged = Member.objects.select_for_update().filter(merge_batch=batch).first()
    if merged is None and not claims:
        raise NotFound()
    if merged is None and Member.objects.filter(pk=claims[0].from_member_id, merged_into__isnull=False).exists():
        raise MergeRefused("A later merge stands on this one. Undo the later one first.")
    for claim in claims:
        moved = Identity.objects.filter(pk=claim.identity_id, member_id=claim.to_member_id)
        if not moved.update(member_id=claim.from_member_id):
            raise MergeRefused("A later merge stands on this one. Undo the later one first.")
    IdentityClaim.objects.filter(batch=batch).update(undone_at=now(), undone_by=actor.ref)
    from_id, into_id = _revive(merged) if merged else (claims[0].from_member_id, claims[0].to_member_id)
    told = MergeUndone(from_member=from_id, into_member=into_id, batch=str(batch))
    emit(told, actor=actor, subject=f"member:{into_id}")
    audit.record(actor, "merge_undone", f"member:{from_id}", before={"into": into_id, "batch": str(batch)})


def _revive(merged: Member) -> tuple[int, int]:
    into_id = merged.merged_into_id or 0
    merged.merged_into = merged.merge_batch = None
    merged.save(update_fields=["merged_into", "merge_batch"])
    return merged.pk, into_id
