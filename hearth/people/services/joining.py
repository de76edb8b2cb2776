"""Getting a place in a community."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from hearth.core.errors import Refusal
from hearth.core.facts import emit, emit_many
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.tenancy import community_scope
from hearth.kit.clock import now
from hearth.kit.text import one_line
from hearth.people.access import person_of
from hearth.people.errors import AlreadyMember, NameMissing
from hearth.people.facts import MemberJoined, PlaceTakenUp
from hearth.people.models import Contact, Identity, Member, Person
from hearth.people.queries.doors import confirmed_addresses
from hearth.people.registry import after_joining
from hearth.people.types import MemberKind

FIELDS = ("kind", "display_name", "real_name", "hospital", "department", "title", "city")


@transaction.atomic
def join_community(
    user_or_person: Any,
    community: Community,
    *,
    kind: str = MemberKind.GUEST,
    display_name: str,
    real_name: str = "",
    hospital: str = "",
    department: str = "",
    title: str = "",
    city: str = "",
) -> Member:
    """Give a user or person a place in ``community``, with the identity under which they speak there; a place that a
    table of people kept for one of their addresses is theirs.

    Raises NameMissing, AlreadyMember, and Refusal for an unknown kind.
    """
    name = one_line(display_name)[:80]
    if not name:
        raise NameMissing(field="display_name")
    if kind not in MemberKind.values:
        raise Refusal("Choose one of the values offered.", field="kind")
    person = user_or_person if isinstance(user_or_person, Person) else person_of(user_or_person)
    with community_scope(community):
        if Member.objects.filter(person=person).exists():  # also where that place was merged into another
            raise AlreadyMember()
        waiting = _kept_place(person)
        if waiting is not None:
            return waiting
        member = Member(
            person=person,
            kind=kind,
            display_name=name,
            real_name=one_line(real_name)[:120],
            hospital=one_line(hospital)[:120],
            department=one_line(department)[:120],
            title=one_line(title)[:80],
            city=one_line(city)[:80],
        )
        try:
            with transaction.atomic():
                member.save()
        except IntegrityError:
            raise AlreadyMember() from None
        identity = Identity.objects.create(
            member=member, source=Identity.NATIVE, external_id=str(member.pk), name=member.display_name
        )
        actor = Actor(
            community_id=community.pk,
            user_id=person.user_id,
            person_id=person.pk,
            member_id=member.pk,
            identity_id=identity.pk,
        )
        joined = MemberJoined(member=member.pk, person=person.pk, kind=member.kind)
        emit(joined, actor=actor, subject=f"member:{member.pk}")
        for greet in after_joining:
            greet(member)
    return member


@transaction.atomic
def join_many(actor: Actor, told: Sequence[Mapping[str, str]]) -> list[Member]:
    """Give people without a sign-in their places in the community in scope, each as ``join_community`` would.

    ``told``: of each the fields of a member, with kind and display_name, checked by the caller.
    """
    moment = now()
    persons = Person.objects.bulk_create(Person(real_name=one.get("real_name", "")) for one in told)
    rows = [
        Member(person=person, joined_at=moment, **{name: one.get(name, "") for name in FIELDS})
        for person, one in zip(persons, told, strict=True)
    ]
    members = Member.objects.bulk_create(rows)
    Identity.objects.bulk_create(
        Identity(member=member, source=Identity.NATIVE, external_id=str(member.pk), name=member.display_name)
        for member in members
    )
    came = [MemberJoined(member=member.pk, person=member.person_id, kind=member.kind) for member in members]
    emit_many(came, [f"member:{member.pk}" for member in members], actor=actor)
    for member in members:
        for greet in after_joining:
            greet(member)
    return members


def _kept_place(person: Person) -> Member | None:
    """The place that a table of people brought in for somebody, once they have shown that its address is theirs."""
    addresses = confirmed_addresses(person.user_id) if person.user_id else set()
    kept = Contact.objects.filter(email__in=addresses, member__person__user=None, member__merged_into=None)
    found = kept.exclude(email="").select_related("member__person").order_by("pk").first()
    if found is None:
        return None
    member, before = found.member, found.member.person
    member.person, member.left_at = person, None
    member.save(update_fields=["person", "left_at"])
    if not person.real_name and before.real_name:
        Person.objects.filter(pk=person.pk).update(real_name=before.real_name)
    before.delete()
    found.delete()
    emit(PlaceTakenUp(member=member.pk, person=person.pk), subject=f"member:{member.pk}")
    for greet in after_joining:
        greet(member)
    return member
