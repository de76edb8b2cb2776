"""How long evidence is kept, and under which key."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from hearth.core import audit, crypto, storage
from hearth.core.community_settings import declare, value_of
from hearth.core.facts import emit
from hearth.core.jobs import JobRun
from hearth.core.tenancy import community_scope
from hearth.kit.clock import now
from hearth.people.facts import VerificationEnding, VerificationRefused
from hearth.people.models import Evidence, Verification
from hearth.people.services.evidence import content_of, shred
from hearth.people.types import VerificationState

EVIDENCE_DAYS = declare(
    "people.evidence_days",
    "Days that evidence is kept after a decision",
    help="Then licence numbers, documents and addresses are destroyed; what was decided, by whom and when, stays.",
    kind="int",
    default=90,
    minimum=1,
    maximum=3650,
)
REMINDERS = declare(
    "people.badge_reminders",
    "Days before the end of a badge on which its member is reminded",
    help="For example “30 7 1”. Empty: nobody is reminded.",
    kind="text",
    default="30 7 1",
)
DRAFT_DAYS = 30  # a request that was begun and never sent
ORPHAN_AGE = timedelta(hours=24)
DECIDED = (
    VerificationState.VERIFIED,
    VerificationState.REFUSED,
    VerificationState.EXPIRED,
    VerificationState.REVOKED,
)


def shred_old_evidence() -> int:
    """Destroy what outlived its time in the community in scope, case by case; returns how many pieces went."""
    limit = now() - timedelta(days=value_of(EVIDENCE_DAYS))
    old_drafts = Q(
        verification__state=VerificationState.DRAFT,
        verification__asked_at__lt=now() - timedelta(days=DRAFT_DAYS),
        at__lt=now() - timedelta(days=DRAFT_DAYS),
    )
    over = Q(verification__state__in=DECIDED, verification__decided_at__lt=limit) | old_drafts
    rows = Evidence.objects.filter(over, shredded_at=None).select_related("verification").order_by("verification_id")
    gone = 0
    for case, member in list(rows.values_list("verification_id", "verification__member_id").distinct()):
        with transaction.atomic():
            mine = list(rows.filter(verification_id=case))
            for row in mine:
                shred(row)
            audit.record(None, "evidence_shredded", f"member:{member}", after={"verification": case, "rows": len(mine)})
        gone += len(mine)
    return gone


def sweep_sealed_files() -> int:
    """Remove sealed files that no row names: what a broken-off write left behind."""
    dropped = 0
    for name in list(storage.kept_before(now() - ORPHAN_AGE, sealed=True)):
        if not Evidence.objects.filter(stored_as=name).exists():
            storage.drop(name)
            dropped += 1
    return dropped


def reseal_evidence(run: JobRun) -> int:
    """Seal everything with the newest key, row by row over all communities in scope; goes on where it was broken off.

    A file is written anew under another name before the row points to it, and the old one goes when that is committed.
    """
    newest, done = crypto.newest_key(), int((run.row.checkpoint or {}).get("done", 0))
    after = int((run.row.checkpoint or {}).get("after", 0))
    rows = Evidence.objects.filter(shredded_at=None).exclude(key_id="").exclude(key_id=newest)
    while (row := rows.filter(pk__gt=after).order_by("pk").first()) is not None:
        with community_scope(row.community_id), transaction.atomic():
            _reseal(row)
            after, done = row.pk, done + 1
            run.checkpoint({"after": after, "done": done})
        run.progress(done)
    return done


def _reseal(row: Evidence) -> None:
    plain, old = content_of(row), row.stored_as
    if old:
        key_id, sealed = crypto.seal_bytes(plain)
        values = {"key_id": key_id, "stored_as": storage.keep_sealed(sealed)}
    else:
        key_id, text = crypto.seal(plain.decode())
        values = {"key_id": key_id, "sealed": text}
    same = Evidence.objects.filter(pk=row.pk, key_id=row.key_id, stored_as=old, shredded_at=None)
    if same.update(**values) and old:
        transaction.on_commit(lambda: storage.drop(old))


def remind_of_endings(today: date) -> int:
    """Tell members whose badge ends soon, once for each of the days of the setting; returns how many were told.

    Where the house slept on such a day, the reminder comes when it wakes.
    """
    days = sorted({int(word) for word in str(value_of(REMINDERS)).split() if word.isdigit() and len(word) < 4})
    if not days:
        return 0
    soon = Verification.objects.filter(
        state=VerificationState.VERIFIED, expires_on__gte=today, expires_on__lte=today + timedelta(days=days[-1])
    )
    told = 0
    for row in list(soon.order_by("pk")):
        left = (row.expires_on - today).days if row.expires_on else 0
        due = next(day for day in days if day >= left)
        fresh = Q(reminded_days=None) | Q(reminded_days__gt=due)
        with transaction.atomic():
            if Verification.objects.filter(fresh, pk=row.pk).update(reminded_days=due):
                ending = VerificationEnding(
                    verification=row.pk, member=row.member_id, days=left, expires_on=str(row.expires_on)
                )
                emit(ending, subject=f"member:{row.member_id}")
                told += 1
    return told


def close_unanswered(today: date) -> int:
    """Close requests whose member sent nothing more in time; returns how many."""
    late = Verification.objects.filter(state=VerificationState.ASKING, asked_until__lt=today).order_by("pk")
    closed = 0
    for row in list(late):
        with transaction.atomic():
            open_still = Verification.objects.filter(pk=row.pk, state=VerificationState.ASKING)
            if open_still.update(state=VerificationState.REFUSED, decided_at=now(), decided_by="house"):
                told = VerificationRefused(verification=row.pk, member=row.member_id, kind=row.kind)
                emit(told, subject=f"member:{row.member_id}")
                closed += 1
    return closed
