"""The frame around every page of the console: navigation by right, the community, the way back to the portal."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from hearth.carriers.access import IMPORT
from hearth.core.permissions import CHANGE_SETTINGS, READ_AUDIT, Actor, may
from hearth.core.routing import link
from hearth.core.tenancy import scope_or_none
from hearth.core.texts import best
from hearth.core.work import count_open_jobs
from hearth.insight.access import sees_people
from hearth.people.queries import member_cards
from hearth.people.queries.operating import count_waiting
from hearth.people.registry import VERIFY
from hearth.ui.registry import provides_frame
from hearth.ui.types import Link, NavItem, Persona, Shell, Text

SCRIPTS = ("conversation/live.js", "console/console.js")
SHEETS = ("console/console.css",)
ROLES: dict[str, Text] = {
    "platform": pgettext_lazy("role", "Platform administrator"),
    "admin": pgettext_lazy("role", "Administrator"),
    "operator": pgettext_lazy("role", "Operator"),
    "moderator": pgettext_lazy("role", "Moderator"),
    "reviewer": pgettext_lazy("role", "Reviewer"),
    "auditor": pgettext_lazy("role", "Auditor"),
}


@provides_frame("console")
def console_frame(request: HttpRequest) -> Shell:
    """Navigation and counters of the community in scope: three queries."""
    scope = scope_or_none()
    actor: Actor | None = getattr(request, "actor", None)
    if scope is None or scope.community_id is None or actor is None or not actor.is_staff:
        return Shell(sign_in_url=reverse("account_login"))
    community = getattr(request, "community")  # noqa: B009  set by the doorkeeper, unknown to Django's types
    cards = member_cards([actor.member_id], "general") if actor.member_id else {}
    card = cards.get(actor.member_id or 0)
    return Shell(
        nav=_navigation(actor),
        community=Link(best(community.name), link("console:today")),
        person_name=card.name if card else request.user.get_username(),
        person_id=str(actor.member_id or ""),
        person_url=link("people:profile") if actor.member_id else "",
        persona=Persona(ROLES.get(actor.role, ROLES["operator"]), "shield-check"),
        palette_url=link("console:palette"),
        live_url=link("conversation:ticket") if actor.member_id else "",
        sign_out_url=reverse("account_logout"),
        menu=(Link(_("The portal"), link("portal:home")),),
        scripts=SCRIPTS,
        sheets=SHEETS,
    )


def _navigation(actor: Actor) -> tuple[NavItem, ...]:
    section: Text = _("People and groups")
    items = [
        NavItem("today", link("console:today"), _("Today"), "sun"),
        NavItem("groups", link("console:groups"), _("Groups"), "flame", section=section),
        NavItem("members", link("console:members"), _("Members"), "users", section=section),
    ]
    if may(actor, VERIFY.key):
        waiting = count_waiting(actor)
        items.append(
            NavItem(
                "verification",
                link("console:verification"),
                _("Verification"),
                "badge-check",
                badge=waiting,
                hot=True,
                section=section,
            )
        )
    section = _("Insight")
    if sees_people(actor):
        items.append(NavItem("people", link("console:people"), _("People"), "network", section=section))
    items.append(NavItem("diagnosis", link("console:diagnosis"), _("Diagnosis"), "stethoscope", section=section))
    items.append(NavItem("maturity", link("console:maturity"), _("Maturity"), "sprout", section=section))
    items.append(NavItem("reports", link("console:reports"), _("Reports"), "calendar", section=section))
    items.append(NavItem("metrics", link("console:metrics"), _("Metrics"), "chart-line", section=section))
    if may(actor, IMPORT.key):
        items.append(NavItem("import", link("console:imports"), _("Import"), "upload", section=section))
    section = _("The house")
    jobs = count_open_jobs(actor)
    items.append(NavItem("jobs", link("console:jobs"), _("Jobs"), "list-checks", badge=jobs, section=section))
    if may(actor, READ_AUDIT.key):
        items.append(NavItem("audit", link("console:audit"), _("Audit"), "scroll-text", section=section))
    if may(actor, CHANGE_SETTINGS.key):
        items.append(NavItem("settings", link("console:settings"), _("Settings"), "settings", section=section))
    items.append(NavItem("portal", link("portal:home"), _("To the portal"), "arrow-left", section=" "))
    return tuple(items)
