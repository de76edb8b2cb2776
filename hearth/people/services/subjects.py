"""By what a person is known in the house."""

from allauth.account.models import EmailAddress

from hearth.core.models import User
from hearth.core.tenancy import across_communities
from hearth.people.models import Identity, Member, Person
from hearth.people.types import Subject


def subject_of(person_id: int, *, words_too: bool = False) -> Subject:
    """Everything by which a person is known in the house, in all communities."""
    with across_communities("a person is one in the whole house"):
        persons, members = {person_id}, set(Member.objects.filter(person=person_id).values_list("pk", flat=True))
        while fresh := _merged_into(members) - members:
            members |= fresh
        persons |= set(Member.objects.filter(pk__in=members).values_list("person", flat=True))
        users = Person.objects.filter(pk__in=persons, user__isnull=False).values_list("user", flat=True)
        emails = set(User.objects.filter(pk__in=users).values_list("email", flat=True))
        emails |= set(EmailAddress.objects.filter(user__in=users).values_list("email", flat=True))
        identities = Identity.objects.filter(member__in=members).order_by("pk")
        places = Member.objects.filter(pk__in=members).order_by("community").values_list("community", flat=True)
        return Subject(
            persons=tuple(sorted(persons)),
            users=tuple(sorted(pk for pk in users if pk)),
            members=tuple(sorted(members)),
            identities=tuple(identities.values_list("pk", flat=True)),
            emails=tuple(sorted(address.lower() for address in emails)),
            communities=tuple(places.distinct()),
            words_too=words_too,
        )


def _merged_into(members: set[int]) -> set[int]:
    return set(Member.objects.filter(merged_into__in=members).values_list("pk", flat=True))
