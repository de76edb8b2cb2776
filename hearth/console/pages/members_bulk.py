"""What can be done to many members at once: tags put on and taken off, each with a look before and a way back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hearth.console.undo import keep_undo, take_undo
from hearth.core.errors import NotFound
from hearth.core.idempotency import once
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.people.queries.lists import tags_of
from hearth.people.registry import TAG
from hearth.people.services import change_tags
from hearth.ui.lists.bulk import BulkAction, BulkLine, BulkOutcome, BulkPreview


class TagForm(forms.Form):
    """The tag, and whether it tells of somebody's health."""

    tag = forms.CharField(label=gettext_lazy("Tag"), max_length=60)
    sensitive = forms.BooleanField(
        label=gettext_lazy("It tells of health, age or sex"),
        help_text=gettext_lazy("Only for those who agreed to such notes, and unused once they take that back."),
        required=False,
    )


class UntagForm(forms.Form):
    """The tag to take off."""

    tag = forms.CharField(label=gettext_lazy("Tag"), max_length=60)


def preview_tag(request: HttpRequest, rows: Sequence[Any], tag: str, sensitive: bool = False) -> BulkPreview:
    """Who would get the tag; who has not agreed stays without."""
    found, lines = tags_of([row.pk for row in rows], tag), []
    for row in rows:
        if row.pk in found.having:
            lines.append(BulkLine(row.display_name, refused=_("Has it already.")))
        elif (sensitive or found.sensitive) and not row.has_agreed:
            lines.append(BulkLine(row.display_name, refused=_("Has not agreed to notes about health.")))
        else:
            lines.append(BulkLine(row.display_name, before=row.tag_names or "–", after=f"+ {tag}"))
    return BulkPreview(_("Only the team sees tags, and the member in their data."), lines)


def apply_tag(request: HttpRequest, rows: Sequence[Any], tag: str, sensitive: bool = False) -> BulkOutcome:
    """Put it on."""
    actor = request.actor  # type: ignore[attr-defined]
    done = change_tags(actor, [row.pk for row in rows], tag, on=True, sensitive=sensitive)
    return BulkOutcome(
        _changed(len(done)), keep_undo(request, "untag", [[tag, done, sensitive]] if done else [], ROUTE)
    )


def preview_untag(request: HttpRequest, rows: Sequence[Any], tag: str) -> BulkPreview:
    """Who would lose the tag."""
    having = tags_of([row.pk for row in rows], tag).having
    lines = [
        BulkLine(row.display_name, before=row.tag_names or "–", after=f"− {tag}")
        if row.pk in having
        else BulkLine(row.display_name, refused=_("Does not have it."))
        for row in rows
    ]
    return BulkPreview(_("Only the team sees tags, and the member in their data."), lines)


def apply_untag(request: HttpRequest, rows: Sequence[Any], tag: str) -> BulkOutcome:
    """Take it off."""
    actor, ids = request.actor, [row.pk for row in rows]  # type: ignore[attr-defined]
    delicate = tags_of(ids, tag).delicate
    done = set(change_tags(actor, ids, tag, on=False))
    plain, about_health = sorted(done - delicate), sorted(done & delicate)
    what = [[tag, ids, flag] for ids, flag in ((plain, False), (about_health, True)) if ids]
    return BulkOutcome(_changed(len(done)), keep_undo(request, "tag", what, ROUTE))


def _changed(n: int) -> str:
    return ngettext("%(n)d member changed.", "%(n)d members changed.", n) % {"n": n}


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take a change of tags back. Raises NotFound when it was taken back already or is too old."""
    with once(request) as claim:
        if claim.fresh:
            told = take_undo(request, key)
            if told is None:
                raise NotFound("This can no longer be undone here.")
            actor, on = request.actor, told["kind"] == "tag"  # type: ignore[attr-defined]
            changed = [change_tags(actor, ids, tag, on=on, sensitive=delicate) for tag, ids, delicate in told["what"]]
            claim.result = {"n": sum(map(len, changed))}
    messages.success(request, _("Undone. %(what)s") % {"what": _changed(claim.result["n"])})
    return HttpResponseRedirect(link("console:members"))


def _may_tag(request: HttpRequest) -> bool:
    return may(request.actor, TAG.key)  # type: ignore[attr-defined]


ROUTE = "console:members-undo"
BULK = (
    BulkAction("tag", gettext_lazy("Add a tag"), preview_tag, apply_tag, icon="tag", available=_may_tag, form=TagForm),
    BulkAction(
        "untag", gettext_lazy("Take a tag off"), preview_untag, apply_untag, "x", available=_may_tag, form=UntagForm
    ),
)
