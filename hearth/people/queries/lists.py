"""Lists of members, credentials, blocks, tokens."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.contrib.sessions.models import Session
from django.db.models import Aggregate, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hearth.core import sql
from hearth.core.errors import NotFound
from hearth.core.models import User
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.people.models import (
    ApiToken,
    Block,
    Consent,
    Contact,
    Identity,
    Member,
    MemberTag,
    Opinion,
    SignIn,
    Verification,
)
from hearth.people.queries.cards import live_verifications
from hearth.people.queries.days import today_here
from hearth.people.queries.finding import found_by
from hearth.people.queries.leaving import asked_to_go
from hearth.people.registry import SEE_MEMBERS, SENSITIVE_TAGS, VERIFY, consent_purposes
from hearth.people.rules.risk import level_of
from hearth.people.types import VerificationState, WaitingVerification

BY_TABLE = "table:"  # before who put a tag: it came by a table, on a patient


def member_list(actor: Actor, *, search: str = "", kind: str = "", verified: bool | None = None) -> QuerySet[Member]:
    """The members of the community for the console, with ``is_verified``; order and slice it. Raises NotAllowed."""
    demand(actor, SEE_MEMBERS.key)
    rows = Member.objects.filter(merged_into=None).annotate(is_verified=Exists(live_verifications("pk")))
    if search:
        rows = rows.filter(found_by(search))
    if kind:
        rows = rows.filter(kind=kind)
    return rows if verified is None else rows.filter(is_verified=verified)


class _Together(Aggregate):
    """Texts in one, with commas."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, ', ')"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """The same in PostgreSQL's words."""
        return self.as_sql(compiler, connection, function="STRING_AGG", **more)


def agreed(member: str = "pk") -> Exists:
    """Whether the member in a column of the outer query has a consent to notes about their health in force."""
    live = Consent.objects.filter(purpose=SENSITIVE_TAGS.key, withdrawn_at=None)
    return Exists(live.filter(member=OuterRef(member)))


def marked_sensitive() -> QuerySet[MemberTag]:
    """Tags that somebody marked as about health, so that they are for everybody. What a table put on a patient is about
    the health of that patient alone: others may have the same tag for another reason.
    """
    return MemberTag.objects.filter(sensitive=True).exclude(by__startswith=BY_TABLE)


def usable_tags() -> QuerySet[MemberTag]:
    """Tags that may be shown and chosen by: those about health only while a consent is in force."""
    live = Consent.objects.filter(member=OuterRef("member"), purpose=SENSITIVE_TAGS.key, withdrawn_at=None)
    return MemberTag.objects.filter(Q(sensitive=False) | Exists(live))


def with_notes(rows: QuerySet[Member]) -> QuerySet[Member]:
    """Members with ``tag_names``, ``has_agreed``, ``is_leaving`` (asked to be erased) and how they are reached:
    ``reached_at``, ``phone``; for staff.
    """
    tags = usable_tags().filter(member=OuterRef("pk")).order_by().values("member")
    contact = Contact.objects.filter(member=OuterRef("pk"))
    return rows.annotate(
        tag_names=Subquery(tags.annotate(all=_Together("tag")).values("all")),
        has_agreed=agreed(),
        reached_at=Coalesce("person__user__email", Subquery(contact.values("email")[:1]), Value("")),
        phone=Coalesce(Subquery(contact.values("phone")[:1]), Value("")),
        is_leaving=Exists(asked_to_go()),
    )


def tags_on(member_id: int) -> list[MemberTag]:
    """The tags of a member that may be shown to staff, by name: one query."""
    return list(usable_tags().filter(member=member_id).order_by("tag"))


def tags_in_use() -> list[str]:
    """The community's tags that may be chosen by, in order."""
    return list(usable_tags().order_by("tag").values_list("tag", flat=True).distinct())


class TagHolders(NamedTuple):
    """Who among some members has a tag, whose of them tells of health, and whether anybody's would."""

    having: set[int]
    delicate: set[int]
    sensitive: bool


def tags_of(member_ids: Collection[int], tag: str) -> TagHolders:
    """Who of these has the tag already: two queries."""
    rows = MemberTag.objects.filter(tag__iexact=tag.strip())
    found: dict[int, bool] = {}
    for some in sql.chunks(list(member_ids), 500):
        found |= dict(rows.filter(member__in=some).values_list("member_id", "sensitive"))
    delicate = {member for member, is_sensitive in found.items() if is_sensitive}
    return TagHolders(set(found), delicate, marked_sensitive().filter(tag__iexact=tag.strip()).exists())


def tagged(tags: Collection[str]) -> Q:
    """The condition on members who have one of these tags."""
    return Q(Exists(usable_tags().filter(member=OuterRef("pk"), tag__in=list(tags))))


def open_verifications(actor: Actor) -> list[WaitingVerification]:
    """Credentials that wait for a decision, the oldest first: one query. Raises NotAllowed.

    Left out: those whose decision goes out within the minute.
    """
    demand(actor, VERIFY.key)
    standing = Opinion.objects.filter(verification=OuterRef("pk"), undone_at=None)
    waiting = Verification.objects.filter(~Exists(standing.filter(settled_at=None)), state=VerificationState.WAITING)
    waiting = waiting.annotate(seconding=Exists(standing), is_decided=Exists(standing.filter(by=actor.ref)))
    moment = now()
    return [
        WaitingVerification(
            id=row.pk,
            member_id=row.member_id,
            name=row.member.real_name or row.member.display_name,
            kind=row.kind,
            hospital=row.hospital,
            department=row.department,
            asked_at=row.asked_at,
            taken_by=row.taken_by if row.taken_until and row.taken_until > moment else "",
            seconding=row.seconding,
            is_decided=row.is_decided,
            level=level_of(row.risk or 0),
        )
        for row in waiting.select_related("member").order_by("asked_at", "pk")
    ]


def verifications_of(member_id: int) -> list[Verification]:
    """All credentials of a member as they stand today, the newest first: one whose last day is over has expired, though
    the sweep that ends it has not come by yet.
    """
    rows, today = list(Verification.objects.filter(member_id=member_id).order_by("-asked_at", "-pk")), today_here()
    for row in rows:
        if row.state == VerificationState.VERIFIED and row.expires_on is not None and row.expires_on < today:
            row.state = VerificationState.EXPIRED
    return rows


def is_verified(identity_id: int) -> bool:
    """Whether whoever speaks under this identity holds a credential in force."""
    return Identity.objects.filter(Exists(live_verifications("member_id")), pk=identity_id).exists()


def holds_badge(member_id: int) -> bool:
    """Whether a member holds a credential in force."""
    return Member.objects.filter(Exists(live_verifications("pk")), pk=member_id).exists()


def awaits_review(member_id: int) -> bool:
    """Whether somebody's request for a badge is with a reviewer, so that they can only wait: one query."""
    return Verification.objects.filter(member=member_id, state=VerificationState.WAITING).exists()


def blocked_identity_ids(member_id: int | None) -> set[int]:
    """Identities that a member does not want to hear from: one query. Nobody for who is no member."""
    if member_id is None:
        return set()
    blocked = Block.objects.filter(member_id=member_id).values("blocked_id")
    return set(Identity.objects.filter(member_id__in=blocked).values_list("pk", flat=True))


def blocked_members(member_id: int) -> list[Member]:
    """The members whom somebody blocked, by name."""
    blocked = Block.objects.filter(member_id=member_id).values("blocked_id")
    return list(Member.objects.filter(pk__in=blocked).order_by("display_name"))


def who_blocked(blocked_id: int, among: Collection[int]) -> set[int]:
    """Which of the members ``among`` blocked ``blocked_id``."""
    rows = Block.objects.filter(blocked_id=blocked_id, member_id__in=set(among))
    return set(rows.values_list("member_id", flat=True))


def blocks_among(members: Collection[int]) -> set[tuple[int, int]]:
    """(member, whom they blocked) among these: one query."""
    inside = set(members)
    rows = Block.objects.filter(member_id__in=inside).values_list("member_id", "blocked_id")
    return {(one, other) for one, other in rows if other in inside}


def has_consent(member_id: int, purpose: str) -> bool:
    """Whether a consent to the purpose is in force."""
    return Consent.objects.filter(member_id=member_id, purpose=purpose, withdrawn_at=None).exists()


def consents_of(member_id: int) -> list[dict[str, Any]]:
    """Every declared purpose with the member's live consent (``given_at``, ``version``) or None."""
    live = {row.purpose: row for row in Consent.objects.filter(member_id=member_id, withdrawn_at=None).order_by("pk")}
    return [{"purpose": purpose, "consent": live.get(purpose.key)} for purpose in consent_purposes]


def tokens_of(member_id: int) -> list[ApiToken]:
    """A member's live tokens, the newest first."""
    live = ApiToken.objects.filter(member_id=member_id, revoked_at=None).order_by("-pk")
    return list(live.filter(Q(expires_at=None) | Q(expires_at__gt=now())))


def identities_of(member_id: int) -> list[Identity]:
    """The identities that speak for a member, the native one first."""
    rows = Identity.objects.filter(member_id=member_id)
    return sorted(rows, key=lambda row: (row.source != Identity.NATIVE, row.pk))


def sign_ins_of(user_id: int) -> list[SignIn]:
    """Where a user is signed in now, the newest first."""
    live = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now())
    return list(SignIn.objects.filter(Exists(live), user=user_id).order_by("-at"))


def user_by_email(email: str) -> User | None:
    """The active sign-in row of an address, or None."""
    return User.objects.filter(email=email.lower(), is_active=True).first()


def user_of(member_id: int) -> User:
    """The sign-in row behind a member. Raises NotFound for members who never signed in."""
    found = users_of([member_id]).get(member_id)
    if found is None:
        raise NotFound()
    return found


def users_of(member_ids: Collection[int]) -> dict[int, User]:
    """The sign-in rows behind members, where they have one and may sign in: one query."""
    rows = Member.objects.filter(pk__in=set(member_ids), person__user__is_active=True)
    rows = rows.filter(left_at=None, merged_into=None)
    return {row.pk: row.person.user for row in rows.select_related("person__user") if row.person.user}


def members_of_identities(identity_ids: Collection[int]) -> dict[int, int]:
    """Identity id → member id."""
    found: dict[int, int] = {}
    wanted = list(identity_ids)
    for start in range(0, len(wanted), 500):
        rows = Identity.objects.filter(pk__in=wanted[start : start + 500])
        found.update(rows.values_list("pk", "member_id"))
    return found


def members_called(names: Collection[str]) -> dict[str, list[int]]:
    """Display name → ids of the members here who bear it: one query."""
    found: dict[str, list[int]] = {}
    rows = Member.objects.filter(display_name__in=set(names), left_at=None, merged_into=None)
    for pk, name in rows.values_list("pk", "display_name"):
        found.setdefault(name, []).append(pk)
    return found


def names_of_members(member_ids: Collection[int]) -> dict[int, tuple[str, bool]]:
    """Member id → (display name, is a bot), for staff."""
    found: dict[int, tuple[str, bool]] = {}
    wanted = list(member_ids)
    for start in range(0, len(wanted), 500):
        rows = Identity.objects.filter(member_id__in=wanted[start : start + 500])
        for member_id, name, is_bot in rows.values_list("member_id", "member__display_name", "is_bot"):
            found[member_id] = (name, is_bot or found.get(member_id, ("", False))[1])
    return found


def with_full_cards(member_ids: Collection[int]) -> set[int]:
    """Those whose card says name, hospital and department: one query."""
    rows = Member.objects.filter(pk__in=member_ids).exclude(real_name="").exclude(hospital="").exclude(department="")
    return set(rows.values_list("pk", flat=True))


def members_by_email(emails: Collection[str]) -> dict[str, Member]:
    """Address → the member who signs in with it; nobody who has left or may not sign in: a query for each 500."""
    found: dict[str, Member] = {}
    wanted = sorted({email.lower() for email in emails})
    for start in range(0, len(wanted), 500):
        rows = Member.objects.filter(person__user__email__in=wanted[start : start + 500], person__user__is_active=True)
        for row in rows.filter(left_at=None, merged_into=None).select_related("person__user"):
            if row.person.user:
                found[row.person.user.email] = row
    return found


def emails_of(member_ids: Collection[int]) -> dict[int, str]:
    """Member id → the address with which they sign in, where they have one: a query for each 500."""
    found: dict[int, str] = {}
    wanted = list(set(member_ids))
    for start in range(0, len(wanted), 500):
        found.update({pk: user.email for pk, user in users_of(wanted[start : start + 500]).items()})
    return found
