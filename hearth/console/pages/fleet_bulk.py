"""What can be done to many groups at once: each with a look before and a way back."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hearth.console.undo import keep_undo, take_undo
from hearth.core.errors import NotFound, Refusal
from hearth.core.idempotency import once
from hearth.core.lists import listed
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.groups.access import group_for
from hearth.groups.queries.operating import member_choices
from hearth.groups.registry import CLOSE_GROUP, GIVE_ROLE, MANAGE_GROUP
from hearth.groups.services import (
    admit_member,
    change_group,
    close_group,
    end_role,
    give_role,
    reopen_group,
)
from hearth.people.access import member_for
from hearth.ui.lists.bulk import BulkAction, BulkLine, BulkOutcome, BulkPreview

Row = dict[str, Any]


class WhyForm(forms.Form):
    """Why it is done; kept in the audit log."""

    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False, help_text=gettext_lazy("Kept in the audit log.")
    )


class CapacityForm(WhyForm):
    """How many people fit."""

    capacity = forms.IntegerField(label=gettext_lazy("Capacity"), min_value=2, max_value=100_000)
    field_order = ("capacity", "why")


class KeeperForm(WhyForm):
    """Who tends the groups from now on."""

    keeper = forms.ChoiceField(
        label=gettext_lazy("New keeper"),
        help_text=gettext_lazy("Joins each group if they are not in it yet; present keepers stay unless you say so."),
    )
    instead = forms.BooleanField(label=gettext_lazy("In place of the present keepers"), required=False)
    field_order = ("keeper", "instead", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keeper"].choices = [(str(pk), name) for pk, name in member_choices()]  # type: ignore[attr-defined]


def _done(n: int) -> str:
    return ngettext("%(n)d group changed.", "%(n)d groups changed.", n) % {"n": n}


def _each(request: HttpRequest, rows: Sequence[Row], act: Callable[[Any], Any]) -> dict[int, Any]:
    """Do one thing to each group; those that refuse stay as they are. Group id → what ``act`` gave."""
    told: dict[int, Any] = {}
    for row in rows:
        group = group_for(request.actor, row["pk"])  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                told[group.pk] = act(group)
        except Refusal:
            continue
    return told


def preview_close(request: HttpRequest, rows: Sequence[Row], why: str = "") -> BulkPreview:
    """Which groups would close."""
    words = _("Closed groups can be read, but nobody can join or post. You can reopen them at any time.")
    return BulkPreview(words, [_turned(row, _("open"), _("closed"), row["is_closed"]) for row in rows])


def preview_reopen(request: HttpRequest, rows: Sequence[Row], why: str = "") -> BulkPreview:
    """Which groups would open again."""
    lines = [_turned(row, _("closed"), _("open"), not row["is_closed"]) for row in rows]
    return BulkPreview(_("Members can post and join again."), lines)


def _turned(row: Row, before: str, after: str, already: bool) -> BulkLine:
    if already:
        return BulkLine(row["title"], refused=_("Closed already.") if row["is_closed"] else _("Open already."))
    return BulkLine(row["title"], before=before, after=after)


def apply_close(request: HttpRequest, rows: Sequence[Row], why: str = "") -> BulkOutcome:
    """Close them."""
    actor = request.actor  # type: ignore[attr-defined]
    told = _each(request, rows, lambda group: close_group(actor, group, why=why).pk)
    return _outcome(request, "reopen", [[pk] for pk in told])


def apply_reopen(request: HttpRequest, rows: Sequence[Row], why: str = "") -> BulkOutcome:
    """Reopen them."""
    closed = [row for row in rows if row["is_closed"]]
    told = _each(request, closed, lambda group: reopen_group(request.actor, group, why=why))  # type: ignore[attr-defined]
    return _outcome(request, "close", [[pk] for pk in told])


def _outcome(request: HttpRequest, back: str, what: list[list[Any]]) -> BulkOutcome:
    """How many were changed, with the way back: one of BACK, and for each group its id and what that needs."""
    return BulkOutcome(_done(len(what)), keep_undo(request, back, what))


def preview_capacity(request: HttpRequest, rows: Sequence[Row], capacity: int, why: str = "") -> BulkPreview:
    """What each group's capacity would become."""
    lines = []
    for row in rows:
        before = _("no limit") if row["capacity"] is None else str(row["capacity"])
        if row["member_count"] > capacity:
            lines.append(
                BulkLine(row["title"], refused=_("It has %(n)s members already.") % {"n": row["member_count"]})
            )
        elif row["capacity"] == capacity:
            lines.append(BulkLine(row["title"], refused=_("It has this capacity already.")))
        else:
            lines.append(BulkLine(row["title"], before=before, after=str(capacity)))
    return BulkPreview(_("A full group refuses newcomers; nobody is put out."), lines)


def apply_capacity(request: HttpRequest, rows: Sequence[Row], capacity: int, why: str = "") -> BulkOutcome:
    """Set it."""
    before = {row["pk"]: row["capacity"] for row in rows if row["capacity"] != capacity}
    wanted = [row for row in rows if row["pk"] in before]
    actor = request.actor  # type: ignore[attr-defined]
    told = _each(request, wanted, lambda group: change_group(actor, group, why=why, capacity=capacity).pk)
    return _outcome(request, "capacity", [[pk, before[pk]] for pk in told])


def preview_keeper(request: HttpRequest, rows: Sequence[Row], keeper: str, instead: bool, why: str = "") -> BulkPreview:
    """Who would keep each group."""
    name = member_for(request.actor, int(keeper)).display_name  # type: ignore[attr-defined]
    lines = []
    for row in rows:
        keepers = [(pk, who) for pk, who, role in row["keepers"] if role in {"keeper", "owner"}]
        if row["is_closed"]:
            lines.append(BulkLine(row["title"], refused=_("It is closed.")))
        elif int(keeper) in {pk for pk, _name in keepers}:
            lines.append(BulkLine(row["title"], refused=_("%(name)s keeps it already.") % {"name": name}))
        else:
            stay = [who for pk, who, role in row["keepers"] if role == "owner" or (role == "keeper" and not instead)]
            before = listed(who for _pk, who in keepers) or _("nobody")
            lines.append(BulkLine(row["title"], before=before, after=listed([*stay, name])))
    return BulkPreview(_("%(name)s becomes keeper. Owners of record stay.") % {"name": name}, lines)


def apply_keeper(request: HttpRequest, rows: Sequence[Row], keeper: str, instead: bool, why: str = "") -> BulkOutcome:
    """Give the role, and with ``instead`` end that of the present keepers."""
    actor = request.actor  # type: ignore[attr-defined]
    member = member_for(actor, int(keeper))
    present = {row["pk"]: [(pk, role) for pk, _name, role in row["keepers"]] for row in rows}

    def change(group: Any) -> list[int]:
        admit_member(actor, group, member, how="staff", why=why)
        give_role(actor, group, member, "keeper", why=why)
        ended = [pk for pk, role in present[group.pk] if role == "keeper" and instead and pk != member.pk]
        for pk in ended:
            end_role(actor, group, member_for(actor, pk), "keeper", why=why)
        return ended

    wanted = [row for row in rows if member.pk not in {pk for pk, role in present[row["pk"]] if role != "assistant"}]
    told = _each(request, wanted, change)
    return _outcome(request, "keeper", [[pk, member.pk, was] for pk, was in told.items()])


def _undo_keeper(actor: Any, group: Any, why: str, member_id: int, former: list[int]) -> None:
    end_role(actor, group, member_for(actor, member_id), "keeper", why=why)
    for pk in former:
        give_role(actor, group, member_for(actor, pk), "keeper", why=why)


BACK: dict[str, Callable[..., Any]] = {
    "reopen": lambda actor, group, why: reopen_group(actor, group, why=why),
    "close": lambda actor, group, why: close_group(actor, group, why=why),
    "capacity": lambda actor, group, why, before: change_group(actor, group, why=why, capacity=before),
    "keeper": _undo_keeper,
}


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take a bulk action back. Raises NotFound when it was taken back already or is too old."""
    back = link("console:groups")
    with once(request) as claim:
        if claim.fresh:
            claim.result = {"n": _undo(request, key)}
    messages.success(request, _("Undone. %(what)s") % {"what": _done(claim.result["n"])})
    return HttpResponseRedirect(back)


def _undo(request: HttpRequest, key: str) -> int:
    told = take_undo(request, key)
    if told is None:
        raise NotFound("This can no longer be undone here.")
    actor, done = request.actor, 0  # type: ignore[attr-defined]
    for group_id, *rest in told["what"]:
        group = group_for(actor, group_id)
        try:
            with transaction.atomic():
                BACK[told["kind"]](actor, group, _("Undo"), *rest)
                done += 1
        except Refusal:
            continue
    return done


def _holds(key: str) -> Callable[[HttpRequest], bool]:
    return lambda request: may(request.actor, key)  # type: ignore[attr-defined]


BULK = (
    BulkAction(
        "keeper",
        gettext_lazy("Change keeper"),
        preview_keeper,
        apply_keeper,
        icon="key-round",
        available=_holds(GIVE_ROLE.key),
        form=KeeperForm,
    ),
    BulkAction(
        "capacity",
        gettext_lazy("Set capacity"),
        preview_capacity,
        apply_capacity,
        icon="users",
        available=_holds(MANAGE_GROUP.key),
        form=CapacityForm,
    ),
    BulkAction(
        "reopen",
        gettext_lazy("Reopen"),
        preview_reopen,
        apply_reopen,
        icon="undo-2",
        available=_holds(CLOSE_GROUP.key),
        form=WhyForm,
    ),
    BulkAction(
        "close",
        gettext_lazy("Close"),
        preview_close,
        apply_close,
        icon="archive",
        danger=True,
        available=_holds(CLOSE_GROUP.key),
        form=WhyForm,
    ),
)
