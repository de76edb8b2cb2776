"""Getting a place in a community."""

from typing import Any

from django.db import IntegrityError, transaction

from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.tenancy import community_scope
from hearth.kit.text import one_line
from hearth.people.access import person_of
from hearth.people.errors import AlreadyMember, NameMissing
from hearth.people.facts import MemberJoined
from hearth.people.models import Identity, Member, Person
from hearth.people.types import MemberKind


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
    """Give a user or person a place in ``community``, with the identity under which they speak there.

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
        emit(
            MemberJoined(member=member.pk, person=person.pk, kind=member.kind),
            actor=actor,
            subject=f"member:{member.pk}",
        )
    return member
