"""What people show on pages they do not know: credentials that wait, and who a member is."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.people.queries import identities_of, open_verifications, verifications_of
from hearth.people.queries.leaving import open_erasure
from hearth.people.queries.operating import merges_of
from hearth.people.registry import MERGE, VERIFY
from hearth.ui.panels import AgendaItem, Urgency, Waiting, agenda_source, panel

SHOWN = 20


@agenda_source(
    "people.verification", gettext_lazy("Credentials to review"), icon="badge-check", urgency=Urgency.DECISION
)
def waiting(request: HttpRequest) -> Waiting:
    """Credentials that wait for a decision."""
    actor = request.actor  # type: ignore[attr-defined]
    if not may(actor, VERIFY.key):
        return Waiting()
    rows = open_verifications(actor)
    items = [
        AgendaItem(
            title=_("%(who)s asks for a badge") % {"who": row.name},
            detail=" · ".join(part for part in (row.hospital, row.department) if part),
            url=link("console:verification-row", row.id),
            action=_("Review"),
            since=row.asked_at,
            who=(row.name, row.member_id),
        )
        for row in rows[:SHOWN]
    ]
    return Waiting(items, len(rows), link("console:verification"))


@panel("people.member", "console.member", "people/console/member.html", order=10)
def member(request: HttpRequest, subject: Any) -> dict[str, Any]:
    """Names, work, credentials, identities, merges."""
    actor = request.actor  # type: ignore[attr-defined]
    credentials = verifications_of(subject.pk)
    return {
        "member": subject,
        "erasure": open_erasure(subject.person_id),
        "credentials": credentials,
        "verified": next((row for row in credentials if row.state == "verified"), None),
        "identities": identities_of(subject.pk),
        "merges": merges_of(actor, subject.pk) if may(actor, MERGE.key) else [],
        "may_verify": may(actor, VERIFY.key),
    }
