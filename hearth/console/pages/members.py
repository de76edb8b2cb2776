"""Members: the list of everybody, and one member as all modules know them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hearth.console.pages.members_bulk import BULK, TagForm
from hearth.console.registry import ROLES
from hearth.console.saved import VIEWS
from hearth.core import audit
from hearth.core.errors import NotFound
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import group_names
from hearth.groups.queries.operating import belonging, in_groups
from hearth.people.access import member_for
from hearth.people.queries import member_list
from hearth.people.queries.finding import found_by
from hearth.people.queries.lists import tagged, tags_in_use, tags_on, with_notes
from hearth.people.registry import EXPORT_MEMBERS, IMPORT_MEMBERS, MERGE, SEE_MEMBERS, TAG
from hearth.people.types import KIND_WORDS
from hearth.ui.lists import Column, Filter, ListPage, ListState
from hearth.ui.pages import PANEL_TARGET, page
from hearth.ui.panels import panels_of
from hearth.ui.types import Text


def _name(row: Any) -> tuple[str, int]:
    return row.display_name, row.pk


def _under(row: Any) -> str:
    real = row.real_name if row.real_name != row.display_name else ""
    return " · ".join(part for part in (real, _("asked to be erased") if row.is_leaving else "") if part)


def _work(row: Any) -> str:
    return " · ".join(part for part in (row.hospital, row.department) if part)


def _role(row: Any) -> Text:
    if row.staff_role:
        return ROLES.get(row.staff_role, row.staff_role)
    return pgettext_lazy("role", "Keeper") if row.tends_group else ""


COLUMNS = (
    Column(
        "name",
        gettext_lazy("Name"),
        kind="person",
        value=_name,
        sort="display_name",
        url=lambda row: link("console:member", row.pk),
        under=_under,
        lead=True,
        panel=True,
    ),
    Column("kind", gettext_lazy("Kind"), value=lambda row: KIND_WORDS.get(row.kind, row.kind), sort="kind"),
    Column(
        "work",
        gettext_lazy("Hospital and department"),
        value=_work,
        sort="hospital",
        in_file=(Column("hospital", gettext_lazy("Hospital")), Column("department", gettext_lazy("Department"))),
    ),
    Column("verified", gettext_lazy("Verified"), kind="bool", value="is_verified"),
    Column("groups", gettext_lazy("Groups"), kind="number", value="group_count"),
    Column("role", gettext_lazy("Role"), value=_role),
    Column("joined", pgettext_lazy("day", "Joined"), kind="time", value="joined_at", sort="joined_at"),
    Column("seen", gettext_lazy("Last here"), kind="time", value="last_seen_on", sort="last_seen_on"),
    Column("tags", gettext_lazy("Tags"), value="tag_names", visible=False),
    Column("agreed", gettext_lazy("Agreed to health notes"), kind="bool", value="has_agreed", visible=False),
    Column("email", gettext_lazy("E-mail"), value="reached_at", visible=False),
    Column("phone", gettext_lazy("Phone"), visible=False),
    Column("real_name", gettext_lazy("Real name"), visible=False),
    Column("title", gettext_lazy("Title"), visible=False),
    Column("city", gettext_lazy("City"), sort="city", visible=False),
    Column("left", gettext_lazy("Left"), kind="time", value="left_at", sort="left_at", visible=False),
)
FILTERS = (
    Filter("kind", gettext_lazy("Kind"), choices=list(KIND_WORDS.items())),
    Filter("verified", gettext_lazy("Verified"), kind="bool", field="is_verified"),
    Filter("hospital", gettext_lazy("Hospital"), kind="text"),
    Filter("department", gettext_lazy("Department"), kind="text"),
    Filter("tag", gettext_lazy("Tag"), choices=lambda: [(tag, tag) for tag in tags_in_use()], apply=tagged),
    Filter("agreed", gettext_lazy("Agreed to health notes"), kind="bool", field="has_agreed"),
    Filter("leaving", gettext_lazy("Asked to be erased"), kind="bool", field="is_leaving"),
    Filter("keeper", gettext_lazy("Tends a group"), kind="bool", field="tends_group"),
    Filter("joined", pgettext_lazy("day", "Joined"), kind="date", field="joined_at__date"),
    Filter("seen", gettext_lazy("Last here"), kind="date", field="last_seen_on"),
)


def _export_is_on_record(request: HttpRequest, state: ListState, columns: Sequence[Column]) -> None:
    filters: dict[str, Any] = {key: list(values) for key, values in sorted(state.filters.items())}
    if "tag" in filters:  # as in the entries of the tags themselves
        filters["tag"] = [audit.sealed(tag) for tag in filters["tag"]]
    if state.q:
        filters["search"] = audit.sealed(state.q)
    taken = {"columns": [column.key for column in columns], "filters": filters}
    with transaction.atomic():
        actor = request.actor  # type: ignore[attr-defined]
        audit.record(actor, "members_exported", f"community:{actor.community_id}", after=taken)


def members_page(wanted: Sequence[str], *, exportable: bool = True) -> ListPage:
    """The list; narrowed to groups where the address names some (pages of groups link so)."""
    filters: tuple[Filter, ...] = FILTERS
    ids = [pk for pk in wanted if pk.isascii() and pk.isdigit() and len(pk) < 19]
    if ids:
        names = group_names([int(pk) for pk in ids])
        choices = [(str(pk), best(name)) for pk, name in names.items()]
        filters = (Filter("group", gettext_lazy("In the group"), choices=choices, apply=in_groups), *FILTERS)
    return ListPage(
        key="members",
        title=gettext_lazy("Members"),
        columns=COLUMNS,
        filters=filters,
        search=found_by,
        search_label=gettext_lazy("Search by name, hospital, department"),
        default_sort="-joined",
        bulk=BULK,
        exportable=exportable,
        on_export=_export_is_on_record,
        empty=gettext_lazy("Nobody is here yet. Invite people with a join link, or bring your community's history in."),
        empty_picture="people",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest) -> HttpResponse:
    """The list of all members."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = with_notes(belonging(member_list(actor)))
    context = {"nav_active": "members", "may_import": may(actor, IMPORT_MEMBERS.key)}
    declared = members_page(request.GET.getlist("f.group"), exportable=may(actor, EXPORT_MEMBERS.key))
    return declared.respond(request, rows, template="console/members.html", context=context, saved=VIEWS)


@require_safe
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """One member: as a page, or in the side panel of the list."""
    actor = request.actor  # type: ignore[attr-defined]
    if not may(actor, SEE_MEMBERS.key):
        raise NotFound()
    return member_page(request, member_for(actor, member_id), TagForm())


def member_page(request: HttpRequest, found: Any, tag_form: TagForm) -> HttpResponse:
    """A member's page for staff who may see members, with the form for one more tag."""
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "nav_active": "members",
        "page_title": found.display_name,
        "member": found,
        "kind": KIND_WORDS.get(found.kind, found.kind),
        "panels": panels_of("console.member", request, found),
        "tags": tags_on(found.pk),
        "tag_form": tag_form,
        "may_tag": may(actor, TAG.key) and found.merged_into_id is None,
        "may_merge": may(actor, MERGE.key) and found.merged_into_id is None,
        "gone": _("Left the community") if found.left_at else "",
    }
    return page(request, "console/member.html", context, {PANEL_TARGET: "details"})
