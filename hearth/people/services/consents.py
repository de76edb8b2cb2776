"""Consents, and the tags that need them."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.db import IntegrityError, transaction

from hearth.core import audit
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit, emit_many
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.kit.text import one_line
from hearth.people.access import member_for, own_member
from hearth.people.errors import ConsentMissing
from hearth.people.facts import ConsentGiven, ConsentWithdrawn, TagPut
from hearth.people.models import Consent, Member, MemberTag
from hearth.people.queries.lists import BY_TABLE, marked_sensitive
from hearth.people.queries.rosters import consenting, patients_among, sensitive_tags
from hearth.people.registry import SENSITIVE_TAGS, TAG, consent_purposes


@transaction.atomic
def give_consent(actor: Actor, purpose: str, *, channel: str = "web") -> Consent:
    """Agree to a declared purpose as its text stands today. Only for oneself. Raises NotFound."""
    member = own_member(actor)
    declared = consent_purposes.get(purpose)
    if declared is None:
        raise NotFound()
    live = Consent.objects.filter(member=member, purpose=purpose, withdrawn_at=None, version=declared.version).first()
    if live is not None:
        return live
    row = Consent.objects.create(
        member=member,
        purpose=purpose,
        version=declared.version,
        text_digest=hashlib.sha256(declared.text.encode()).hexdigest(),
        channel=channel[:20],
    )
    told = ConsentGiven(member=member.pk, purpose=purpose, version=declared.version)
    emit(told, actor=actor, subject=f"member:{member.pk}")
    return row


@transaction.atomic
def withdraw_consent(actor: Actor, purpose: str) -> None:
    """Take a consent back, all its versions; without one nothing happens. Raises NotFound."""
    member = own_member(actor)
    live = Consent.objects.filter(member=member, purpose=purpose, withdrawn_at=None)
    if live.update(withdrawn_at=now()):
        emit(ConsentWithdrawn(member=member.pk, purpose=purpose), actor=actor, subject=f"member:{member.pk}")


@transaction.atomic
def tag_member(actor: Actor, member: Member, tag: str, *, sensitive: bool = False) -> MemberTag:
    """Put a tag on a member; a sensitive one only with their consent. Raises NotAllowed, ConsentMissing."""
    demand(actor, TAG.key)
    target, tag = member_for(actor, member.pk), plain_tag(tag)
    if not tag:
        raise Refusal("Give the tag a name.", field="tag")
    sensitive = sensitive or marked_sensitive().filter(tag__iexact=tag).exists()
    consents = Consent.objects.filter(member=target, purpose=SENSITIVE_TAGS.key, withdrawn_at=None)
    if sensitive and not consents.exists():
        raise ConsentMissing(field="tag")
    put_tag(actor, target, tag, sensitive=sensitive)
    return MemberTag.objects.get(member=target, tag=tag)


def plain_tag(text: str) -> str:
    """A tag as it is kept: on one line, at most 60 characters."""
    return one_line(text)[:60]


def put_tag(actor: Actor, member: Member, tag: str, *, sensitive: bool = False) -> bool:
    """Put a tag on a member whose consent was looked at, in the running transaction. False where it was already."""
    try:
        with transaction.atomic():
            MemberTag.objects.create(member=member, tag=tag, sensitive=sensitive, by=actor.ref)
    except IntegrityError:
        return False
    emit(TagPut(member=member.pk, sensitive=sensitive), actor=actor, subject=f"member:{member.pk}")
    return True


class Put(NamedTuple):
    """The tags that a member did not have yet, and those that were left out for lack of a consent."""

    fresh: list[str]
    left_out: list[str]


def put_tags(actor: Actor, told: Mapping[int, Sequence[str]], patients: Collection[int]) -> dict[int, Put]:
    """Put tags on many members, in the running transaction.

    Tags about health only on those whose consent is in force at this moment; every tag of a patient (by their kind, or
    among ``patients``) counts as one.
    """
    sensitive, agreed = sensitive_tags(), consenting(told)
    patients = {*patients, *patients_among(told)}
    had = set(MemberTag.objects.filter(member__in=told).values_list("member_id", "tag"))
    put = {member: Put([], []) for member in told}
    rows = []
    for member, tags in told.items():
        for tag in dict.fromkeys(tags):
            known = tag.lower() in sensitive
            about_health = known or member in patients
            if (member, tag) in had:
                continue
            if about_health and member not in agreed:
                put[member].left_out.append(tag)
                continue
            put[member].fresh.append(tag)
            by = f"{BY_TABLE}{actor.ref}" if about_health and not known else actor.ref
            rows.append(MemberTag(member_id=member, tag=tag, sensitive=about_health, by=by))
    MemberTag.objects.bulk_create(rows, ignore_conflicts=True)
    facts = [TagPut(member=row.member_id, sensitive=row.sensitive) for row in rows]
    emit_many(facts, [f"member:{row.member_id}" for row in rows], actor=actor)
    return put


@transaction.atomic
def untag_member(actor: Actor, member: Member, tag: str) -> None:
    """Take a tag off a member. Raises NotAllowed."""
    demand(actor, TAG.key)
    MemberTag.objects.filter(member=member_for(actor, member.pk), tag=tag).delete()


@transaction.atomic
def change_tags(actor: Actor, member_ids: Sequence[int], tag: str, *, on: bool, sensitive: bool = False) -> list[int]:
    """Put a tag on many members, or take it off; those whom it changed. Who has not agreed to notes about health gets
    none of them. Raises NotAllowed, Refusal.
    """
    demand(actor, TAG.key)
    tag = plain_tag(tag)
    if not tag:
        raise Refusal("Give the tag a name.", field="tag")
    done = []
    for member in Member.objects.filter(pk__in=member_ids, merged_into=None).order_by("pk"):
        if not on:
            gone = MemberTag.objects.filter(member=member, tag__iexact=tag).delete()[0]
            done += [member.pk] if gone else []
            continue
        try:
            before = MemberTag.objects.filter(member=member, tag__iexact=tag).exists()
            tag_member(actor, member, tag, sensitive=sensitive)
        except ConsentMissing:
            continue
        done += [] if before else [member.pk]
    if done:
        action = "tag_added" if on else "tag_removed"
        audit.record(
            actor, action, f"community:{actor.community_id}", after={"members": done, "tag": audit.sealed(tag)}
        )
    return done
