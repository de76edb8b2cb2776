"""Identities: brought in from archives, claimed by members, merged and parted again without a trace of doubt."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hearth.core import audit, crypto, sql, wake
from hearth.core.errors import NotFound
from hearth.core.facts import emit, emit_history
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.core.tenancy import community_scope
from hearth.kit.clock import now
from hearth.kit.ids import new_key
from hearth.kit.search_terms import lookup_terms
from hearth.kit.text import one_line
from hearth.people.errors import MergeRefused, NotOneself
from hearth.people.facts import IdentityClaimed, MemberJoined, MembersMerged, MergeUndone
from hearth.people.models import Identity, IdentityClaim, Member
from hearth.people.registry import MERGE, before_merge
from hearth.people.rules.marks import erased_mark
from hearth.people.services.uniting import part, unite
from hearth.people.types import ImportedIdentity, ImportedPlace, MemberKind

IMPORT_BATCH = 500
_INSERT_IMPORTED = (
    sql.insert("people_person", "id, key, real_name, created_at"),
    sql.insert(
        "people_member",
        "id, community_id, person_id, kind, display_name, real_name, hospital, department, title, city, about, avatar, "
        "joined_at, retention, search_terms",
    ),
    sql.insert("people_identity", "id, community_id, member_id, source, external_id, name, is_bot, created_at"),
)


def import_identities(community: Community, source: str, rows: Iterable[ImportedIdentity]) -> dict[str, ImportedPlace]:
    """Bring in the authors of an archive as unclaimed members; returns external id → place of every row given.

    Repeating it changes nothing; a row whose name changed keeps the first. Works in batches of 500, each atomic, so
    that others may write in between. Emits one historical ``people.member_joined`` per new member.
    """
    known: dict[str, ImportedPlace] = {}
    source_rows = iter(rows)
    while batch := list(islice(source_rows, IMPORT_BATCH)):
        unseen = {row.external_id: row for row in batch if row.external_id not in known}
        with transaction.atomic(), connection.cursor() as cursor:
            known.update(_places(cursor, community.pk, source, list(unseen)))
            fresh = [row for key, row in unseen.items() if key not in known]
            if fresh:
                known.update(_bring_in(cursor, community.pk, source, fresh))
    return known


def _places(cursor: Any, community: int, source: str, external: Sequence[str]) -> dict[str, ImportedPlace]:
    found: dict[str, ImportedPlace] = {}
    for ids in sql.chunks(external):
        cursor.execute(
            "SELECT external_id, id, member_id FROM people_identity "
            f"WHERE community_id = %s AND source = %s AND external_id IN ({sql.marks(ids)})",
            [community, source, *ids],
        )
        found.update((row[0], ImportedPlace(row[1], row[2])) for row in cursor.fetchall())
    return found | _erased(cursor, community, source, [key for key in external if key not in found])


def _erased(cursor: Any, community: int, source: str, external: Sequence[str]) -> dict[str, ImportedPlace]:
    """Authors who were erased since: an archive that is imported again must not bring them back."""
    cursor.execute(
        "SELECT external_id, id, member_id FROM people_identity "
        "WHERE community_id = %s AND source = %s AND external_id LIKE %s",
        [community, source, erased_mark("%")],
    )
    marks = {row[0]: ImportedPlace(row[1], row[2]) for row in cursor.fetchall()}
    if not marks:
        return {}
    names = {key: erased_mark(crypto.fingerprint(source, key.encode())) for key in external}
    return {key: marks[name] for key, name in names.items() if name in marks}


def _bring_in(cursor: Any, community: int, source: str, rows: Sequence[ImportedIdentity]) -> dict[str, ImportedPlace]:
    """In plain SQL: an archive brings a few new authors with nearly every batch, and models cost more than rows."""
    persons, members, identities = (
        sql.allocate_ids(cursor, table, len(rows)) for table in ("people_person", "people_member", "people_identity")
    )
    moment, adapt, kind = now(), sql.adapter(), MemberKind.GUEST.value
    made_at = adapt(moment)
    joined = [row.joined_at or moment for row in rows]
    written: tuple[list[Any], ...] = ([], [], [])
    for row, person, member, identity, at in zip(rows, persons, members, identities, joined, strict=True):
        shown, real = (one_line(row.name) or row.external_id)[:80], one_line(row.real_name)[:120]
        written[0].append((person, new_key().hex, real, made_at))
        written[1].append(
            (
                member, community, person, kind, shown, real, "", "", "", "", "", "", adapt(at), "member",
                lookup_terms(shown, real),
            )
        )  # fmt: skip
        written[2].append((identity, community, member, source, row.external_id, row.name[:120], row.is_bot, made_at))
    for statement, values in zip(_INSERT_IMPORTED, written, strict=True):
        sql.insert_many(cursor, statement, values)
    came = [
        MemberJoined(member=member, person=person, kind=kind) for member, person in zip(members, persons, strict=True)
    ]
    with community_scope(community):
        emit_history(came, joined, subject=[f"member:{member}" for member in members])
    transaction.on_commit(wake.poke)
    placed = zip(rows, identities, members, strict=True)
    return {row.external_id: ImportedPlace(identity, member) for row, identity, member in placed}


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
def merge_members(
    actor: Actor, from_member: Member, into_member: Member, why: str, *, take: Collection[str] = ()
) -> UUID:
    """Make two members one human: all identities of the first pass to the second. Returns the batch for the way back.

    ``take``: profile fields that the second takes from the first. Tags and the way to reach them pass on; roles and
    badges never do, bans count for both.

    Raises NotAllowed, NotOneself, MergeRefused, and what other modules object (``registry.before_merge``).
    """
    demand(actor, MERGE.key)
    if from_member.pk == into_member.pk:
        raise NotOneself("A member cannot be merged with themselves.")
    from_member, into_member = _both_held(from_member.pk, into_member.pk)
    if from_member.merged_into_id or into_member.merged_into_id:
        raise MergeRefused("One of the two was already merged. Choose the member that is left.")
    for objects in before_merge:
        objects(from_member, into_member)
    batch = new_key()
    identities = list(Identity.objects.select_for_update().filter(member=from_member))
    _pass_on(actor, identities, into_member, batch, why)
    from_member.merged_into, from_member.merge_batch = into_member, batch
    from_member.save(update_fields=["merged_into", "merge_batch"])
    unite(actor, from_member, into_member, batch, take)
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


def _both_held(from_id: int, into_id: int) -> tuple[Member, Member]:
    """Both rows as they stand now, held in one order: of two merges that cross, the second sees the first."""
    held = {row.pk: row for row in Member.objects.select_for_update().filter(pk__in=[from_id, into_id]).order_by("pk")}
    if len(held) < 2:
        raise NotFound()
    return held[from_id], held[into_id]


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
    part(batch)
    from_id, into_id = _revive(merged) if merged else (claims[0].from_member_id, claims[0].to_member_id)
    told = MergeUndone(from_member=from_id, into_member=into_id, batch=str(batch))
    emit(told, actor=actor, subject=f"member:{into_id}")
    audit.record(actor, "merge_undone", f"member:{from_id}", before={"into": into_id, "batch": str(batch)})


def _revive(merged: Member) -> tuple[int, int]:
    into_id = merged.merged_into_id or 0
    merged.merged_into = merged.merge_batch = None
    merged.save(update_fields=["merged_into", "merge_batch"])
    return merged.pk, into_id
