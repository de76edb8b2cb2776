"""What the tables of people, of the ground and of sign-in hold of somebody, and what an erasure makes of it."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group as AuthGroup, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_lazy as _, override

from hearth.core import crypto, models as core, sql, storage
from hearth.core.models import User
from hearth.kit.clock import now
from hearth.people import models
from hearth.people.models import Bot, Evidence, Export, Identity, Member, SignIn
from hearth.people.registry import (
    blank,
    erasure_obstacles,
    forget_rows,
    holding,
    holds_nobody,
    kept_files,
    leave_rows,
    of_member,
    of_user,
)
from hearth.people.rules.marks import erased_mark
from hearth.people.services.evidence import content_of, shred
from hearth.people.services.exports import drop_file
from hearth.people.types import Obstacle, Subject

LOG = _("What happened is kept as numbers and dates: who you were is no longer told by them.")
AUDIT = _("The audit log keeps what the team decided, so that it can be checked. It holds numbers, no words about you.")


def _shred_evidence(rows: QuerySet[Any], _subject: Subject) -> None:
    with transaction.atomic():
        for row in list(rows.filter(shredded_at=None)):
            if row.stored_as:
                storage.drop(row.stored_as)  # before the row forgets its name: broken off here, it is tried again
            shred(row)
        rows.update(mark="", told={}, media_type="")


def _drop_exports(rows: QuerySet[Any], subject: Subject) -> None:
    for row in list(rows.exclude(stored_as="")):
        drop_file(row)
    forget_rows(rows, subject)


def _end_sessions(rows: QuerySet[Any], subject: Subject) -> None:
    Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    forget_rows(rows, subject)


def _empty_members(rows: QuerySet[Any], _subject: Subject) -> None:
    """Their rows stay as numbers, called "former member" in the community's language."""
    for row in list(rows.select_related("community")):
        with override(row.community.language):
            row.display_name = gettext("Former member")
        row.real_name = row.hospital = row.department = row.title = row.city = row.about = row.avatar = ""
        row.kind, row.last_seen_on, row.left_at = "guest", None, row.left_at or now()
        row.save()
    sql.forget_deleted("people_member_search")


def _mask_identities(rows: QuerySet[Any], _subject: Subject) -> None:
    """An archive that is imported again finds the mark and brings nobody back."""
    for row in list(rows):
        row.name = ""
        if row.source != Identity.NATIVE and not row.external_id.startswith(erased_mark("")):
            row.external_id = erased_mark(crypto.fingerprint(row.source, row.external_id.encode()))
        row.save(update_fields=["name", "external_id"])


def _empty_users(rows: QuerySet[Any], _subject: Subject) -> None:
    for row in list(rows):
        if not row.email.endswith("@erased.invalid"):
            row.email = f"{secrets.token_hex(12)}@erased.invalid"
        row.password, row.is_active, row.is_superuser = make_password(None), False, False
        row.language = row.time_zone = ""
        row.last_login = None
        row.save()
        row.groups.clear()
        row.user_permissions.clear()


def _forget_mails(rows: QuerySet[Any], subject: Subject) -> None:
    """Where mails become files, those to somebody go with them."""
    folder = Path(settings.EMAIL_FILE_PATH)
    for path in folder.glob("*.log") if folder.is_dir() and subject.emails else ():
        if any(address.encode() in path.read_bytes().lower() for address in subject.emails):
            path.unlink(missing_ok=True)
    forget_rows(rows, subject)


def _about(field: str = "subject") -> Any:
    return lambda subject: Q(**{f"{field}__in": subject.refs}) | Q(actor__in=subject.refs)


def _keys_of(subject: Subject) -> Q:
    return Q(principal__in=[f"user:{pk}" for pk in subject.users])


def _of_case(subject: Subject) -> Q:
    return Q(verification__member__in=subject.members)


def _jobs_of(subject: Subject) -> Q:
    return Q(created_by__in=subject.users)


holding(
    Member, _("Profile"), of_member("pk"), _empty_members,
    tells=("kind", "display_name", "real_name", "hospital", "department", "title", "city", "about", "joined_at",
           "left_at", "last_seen_on"),
    keeps=("retention",),
    why=_("The numbers of your places stay, so that talk keeps its order. They are called “former member”."),
)  # fmt: skip
holding(Identity, _("Names you spoke under"), of_member("member"), _mask_identities,
        tells=("source", "external_id", "name", "created_at"), keeps=("source",))  # fmt: skip
holding(models.IdentityClaim, _("Merges"), of_member("from_member", "to_member"), blank(why=""),
        tells=("at", "why"), keeps=("by", "undone_by"))  # fmt: skip
holding(models.Merge, _("What merges took over"), of_member("from_member", "into_member"), blank(taken={}, tags=[]),
        tells=("at", "taken", "tags"))  # fmt: skip
holding(models.MemberTag, _("Notes of the team"), of_member("member"), forget_rows, tells=("tag", "sensitive", "at"))
holding(models.Contact, _("How you are reached"), of_member("member"), forget_rows, tells=("email", "phone"))
holding(models.RosterLine, _("Lines of tables that brought you in"), of_member("member"), blank(values={}, tags=[]),
        tells=("number", "values", "tags", "done_at"), keeps=("column", "problem", "did"))  # fmt: skip
holding(models.Block, _("People you do not hear from"), of_member("member", "blocked"), forget_rows, tells=("at",))
holding(models.Consent, _("What you agreed to"), of_member("member"), forget_rows,
        tells=("purpose", "version", "given_at", "withdrawn_at"))  # fmt: skip
holding(models.ApiToken, _("Tokens"), of_member("member"), forget_rows, tells=("name", "created_at", "last_used_at"))
holding(Bot, _("Bots"), lambda subject: Q(owner__in=subject.users) | Q(member__in=subject.members), blank(purpose=""),
        tells=("purpose", "created_at", "retired_at"))  # fmt: skip
holding(Evidence, _("Evidence"), _of_case, _shred_evidence, tells=("kind", "state", "at", "shredded_at"),
        keeps=("kind", "by"))  # fmt: skip
holding(models.Opinion, _("Opinions on your credentials"), _of_case, blank(note="", checked=[]),
        tells=("verdict", "note", "at"), keeps=("reviewer", "by"))  # fmt: skip
holding(models.MailCode, _("Codes sent to your address at work"),
        lambda subject: Q(evidence__verification__member__in=subject.members), forget_rows,
        tells=("asked_at",))  # fmt: skip
holding(models.HeldAddress, _("Addresses at work, as marks"), of_member("member"), forget_rows, tells=("at",))
holding(
    models.Verification, _("Credentials"), of_member("member"),
    blank(hospital="", department="", note="", means=[], state="revoked", expires_on=None, taken_by=""),
    tells=("kind", "state", "hospital", "department", "asked_at", "decided_at", "expires_on", "note"),
    keeps=("kind", "decided_by", "retention"),
)  # fmt: skip
holding(core.Fact, _("What happened"), _about(), leave_rows, tells=("name", "occurred_at"),
        keeps=("name", "actor", "actor_role", "subject", "data"), why=LOG)  # fmt: skip
holding(Export, _("Files you asked for"), of_user("owner"), _drop_exports, tells=("asked_at",))
holding(core.SavedView, _("Saved views"), of_user("owner"), forget_rows, tells=("page", "name", "created_at"))
holding(core.Job, _("Work you started"), _jobs_of, blank(created_by=None, error="", note=""), house=True,
        tells=("name", "created_at", "state"),
        keeps=("name", "args", "unique_key", "worker", "checkpoint", "result"))  # fmt: skip
holding(core.AuditEntry, _("What the team decided"), _about(), leave_rows, house=True, tells=("action", "at"),
        keeps=("actor", "action", "subject", "before", "after", "why", "digest"), why=AUDIT)  # fmt: skip
holding(core.IdempotencyKey, "", _keys_of, forget_rows, house=True, keeps=("principal",))
holding(SignIn, _("Where you are signed in"), of_user("user"), _end_sessions, house=True, tells=("device", "at"))
holding(Authenticator, _("Second factors"), of_user("user"), forget_rows, house=True,
        tells=("type", "created_at", "last_used_at"))  # fmt: skip
holding(EmailAddress, _("Addresses"), of_user("user"), _forget_mails, house=True, tells=("email", "verified"))
holding(models.Person, _("Person"), lambda subject: Q(pk__in=subject.persons), blank(real_name="", user=None),
        house=True, tells=("real_name", "created_at"))  # fmt: skip
holding(User, _("Sign-in"), of_user("pk"), _empty_users, house=True,
        tells=("email", "date_joined", "last_login", "language", "time_zone"))  # fmt: skip

PROOF = "the proof that somebody was erased: numbers and dates"
for _table, _why in {
    models.Erasure: PROOF,
    models.Roster: "a table that was brought in: its file and words are forgotten after a week, whoever is in it",
    models.LicenceRecord: "an official list that the operator imported; no line of it names a member",
    core.AuditHead: "the newest number of a chain",
    core.Community: "a community",
    core.CommunitySetting: "settings of a community",
    core.HandlerCursor: "how far a handler has read",
    core.ParkedFact: "facts that a handler could not take: their numbers, and where in the code it failed",
    core.Schedule: "when a job comes next",
    core.WorkerBeat: "signs of life of processes",
    Session: "goes with the sign-ins that name its sessions",
    EmailConfirmation: "goes with its address",
    User.groups.through: "emptied with the sign-in",
    User.user_permissions.through: "emptied with the sign-in",
    AuthGroup.permissions.through: "Django's own groups, which the house does not use",
    AuthGroup: "Django's own groups, which the house does not use",
    Permission: "Django's own list of rights",
    ContentType: "Django's own list of tables",
}.items():
    holds_nobody.register(_table._meta.label, _why)


def _bots_answered_for(subject: Subject) -> list[Obstacle]:
    if Bot.objects.filter(owner__in=subject.users, retired_at=None).exists():
        return [Obstacle(_("You answer for a bot. Retire it, or ask the team to give it to somebody else."))]
    return []


def _evidence_files(subject: Subject) -> Iterator[tuple[str, bytes]]:
    for row in Evidence.objects.filter(_of_case(subject), shredded_at=None).exclude(sealed="", stored_as=""):
        ending = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}.get(row.media_type, ".txt")
        yield f"evidence/{row.kind}-{row.pk}{ending}", content_of(row)


erasure_obstacles.append(_bots_answered_for)
kept_files.append(_evidence_files)
