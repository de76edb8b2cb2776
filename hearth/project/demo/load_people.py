"""The demo's people: sign-in, persons, members, identities, memberships, roles, credentials."""

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Count

from hearth.core.crypto import seal
from hearth.core.facts import emit_history
from hearth.core.models import User
from hearth.groups.facts import MemberAdmitted
from hearth.groups.models import Group, Membership, NormsAcceptance, RoleAssignment
from hearth.people.facts import MemberJoined
from hearth.people.models import Evidence, Identity, Member, Person, Verification
from hearth.people.queries.registers import licence_mark
from hearth.project.demo.book import Book
from hearth.project.demo.shapes import DemoPerson

KINDS = {"doctor": "professional", "patient": "patient", "staff": "staff", "outsider": "guest"}
STAFF = {"p001": ("admin", "operator"), "p002": ("operator",), "p003": ("operator",), "p005": ("reviewer",)}
LEFT = {"removed": "removed", "banned": "banned"}


def load(book: Book, password: str) -> None:
    """Everybody, with a sign-in for the personas and staff roles for the office."""
    plan = book.plan
    book.people.update({person.key: person for person in plan.people})
    users = _users(book, password)
    persons = Person.objects.bulk_create(
        Person(user=users.get(told.key), real_name=told.real_name, created_at=told.joined_at) for told in plan.people
    )
    members = Member.objects.bulk_create(
        _member(told, person) for told, person in zip(plan.people, persons, strict=True)
    )
    book.members.update({told.key: member for told, member in zip(plan.people, members, strict=True)})
    identities = Identity.objects.bulk_create(
        Identity(
            member=member,
            source=Identity.NATIVE,
            external_id=str(member.pk),
            name=member.display_name,
            created_at=member.joined_at,
        )
        for member in members
    )
    book.identities.update({told.key: row for told, row in zip(plan.people, identities, strict=True)})
    emit_history(
        [MemberJoined(member=member.pk, person=member.person_id, kind=member.kind) for member in members],
        [member.joined_at for member in members],
        subject=f"community:{book.community.pk}",
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(member=book.members[key], role=role, since=plan.community.founded_at, given_by="house")
        for key, roles in STAFF.items()
        for role in roles
    )
    _credentials(book)


def _users(book: Book, password: str) -> dict[str, User]:
    secret = make_password(password)
    told = {persona.person: persona.email for persona in book.plan.personas}
    users = {}
    for key, email in told.items():
        user = User.objects.create(email=email, password=secret, time_zone="", language="")
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        users[key] = user
    return users


def _member(told: DemoPerson, person: Person) -> Member:
    language = "en" if told.interface == "en" else "zh-hans"
    return Member(
        person=person,
        kind=KINDS[told.kind],
        display_name=told.display_name,
        real_name=told.real_name,
        hospital=told.hospital.in_language(language) if told.hospital else "",
        department=told.department.in_language(language) if told.department else "",
        title=told.title.in_language(language) if told.title else "",
        joined_at=told.joined_at,
    )


def _credentials(book: Book) -> None:
    rows, evidence = [], []
    for told in book.plan.verifications:
        member = book.members[told.person]
        rows.append(
            Verification(
                member=member,
                state=told.state,
                hospital=member.hospital,
                department=member.department,
                asked_at=told.sent_at,
                decided_at=told.decided_at,
                decided_by=book.ref(told.decided_by) if told.decided_by else "",
                expires_on=told.expires_at.date() if told.expires_at else None,
                note=told.note,
                means=["licence"] if told.decided_at else [],
            )
        )
        key_id, sealed = seal(told.licence)
        mark = licence_mark(told.licence)
        evidence.append(
            Evidence(verification=rows[-1], kind="licence", sealed=sealed, key_id=key_id, mark=mark, at=told.sent_at)
        )
    Verification.objects.bulk_create(rows)
    Evidence.objects.bulk_create(evidence)


def seat(book: Book) -> None:
    """Memberships with the norms accepted, roles, and the seats they take."""
    plan = book.plan
    rows = [
        Membership(
            group=book.groups[told.group],
            member=book.members[told.person],
            joined_at=told.joined_at,
            joined_by="demo" if told.channel == "import" else told.channel,
            invited_by=book.members[told.invited_by] if told.invited_by else None,
            left_at=told.left_at,
            left_by=LEFT.get(told.left_reason, "own_wish") if told.left_at else "",
            left_why=told.left_reason if told.left_at else "",
        )
        for told in plan.memberships
    ]
    Membership.objects.bulk_create(rows)
    accepted = {(told.group, told.person): told.joined_at for told in plan.memberships}
    NormsAcceptance.objects.bulk_create(
        NormsAcceptance(norms=book.norms[group], member=book.members[person], at=at)
        for (group, person), at in accepted.items()
    )
    for group in book.groups.values():
        admitted = [row for row in rows if row.group_id == group.pk]
        emit_history(
            [
                MemberAdmitted(
                    group=group.pk,
                    member=row.member_id,
                    how=row.joined_by,
                    invited_by=row.invited_by_id,
                    link=None,
                    norms_version=1,
                )
                for row in admitted
            ],
            [row.joined_at for row in admitted],
            subject=f"group:{group.pk}",
        )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            member=book.members[told.person],
            group=book.groups[told.group],
            role=told.role,
            since=told.since,
            until=told.until,
            given_by="house",
            why=told.note,
        )
        for told in plan.roles
    )
    inside = Membership.objects.filter(left_at=None).values("group").annotate(seats=Count("id"))
    for group_id, seats in inside.values_list("group", "seats"):
        Group.objects.filter(pk=group_id).update(member_count=seats)
