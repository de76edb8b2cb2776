"""Doing one thing to many rows: select, look at what would happen, then do it once, with a way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.encoding import force_str
from django.utils.translation import gettext, ngettext

from hearth.core.idempotency import once
from hearth.ui.lists.state import clean, whole_number
from hearth.ui.pages import page as render_page
from hearth.ui.pages import tell_undo
from hearth.ui.types import Text

if TYPE_CHECKING:
    from hearth.ui.lists.page import ListPage
    from hearth.ui.lists.sources import ListSource
    from hearth.ui.lists.state import ListState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class BulkLine:
    """What would become of one row; with `refused`, why it would stay as it is."""

    label: Text
    before: Text = ""
    after: Text = ""
    refused: Text = ""


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What the action would do, in one sentence and line by line."""

    sentence: Text
    lines: Sequence[BulkLine] = ()

    @property
    def done(self) -> list[BulkLine]:
        """Rows that would change."""
        return [line for line in self.lines if not line.refused]

    @property
    def refused(self) -> list[BulkLine]:
        """Rows that would not."""
        return [line for line in self.lines if line.refused]


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What was done, and where Undo would be POSTed."""

    sentence: Text
    undo_url: str = ""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One action on many rows. `preview` only looks; `apply` changes, in one transaction with its idempotency key."""

    key: str
    label: Text
    preview: Callable[[HttpRequest, Sequence[Any]], BulkPreview]
    apply: Callable[[HttpRequest, Sequence[Any]], BulkOutcome]
    icon: str = "check"
    danger: bool = False
    limit: int = 1000
    available: Callable[[HttpRequest], bool] = lambda request: True


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows: the picked keys, or all that match the list's state."""

    keys: tuple[str, ...]
    everything: bool

    @property
    def text(self) -> str:
        """The keys in one form field."""
        return ",".join(self.keys)


def read_selection(request: HttpRequest, page: "ListPage", source: "ListSource", state: "ListState") -> Selection:
    """The selection that a form sends; "all matching" is looked up anew."""
    if request.POST.get("all") == "1":
        return Selection(tuple(source.keys(page, state)), everything=True)
    told = [key for text in request.POST.getlist("pick") for key in clean(text, 200_000).split(",")]
    return Selection(tuple(dict.fromkeys(key for key in told if key)), everything=False)


def respond_bulk(
    request: HttpRequest, page: "ListPage", source: "ListSource", state: "ListState", back: str
) -> HttpResponse:
    """Answer a bulk POST: the preview first; with `step=apply` the deed, once, and back to the list."""
    action = page.bulk_action(request, request.POST.get("bulk", ""))
    if action is None:
        return _sent_back(request, gettext("This action is not known here."), back)
    selection = read_selection(request, page, source, state)
    if not selection.keys:
        return _sent_back(request, gettext("Nothing is selected. Tick some rows first."), back)
    if len(selection.keys) > action.limit:
        text = ngettext("At most %(n)d row at a time.", "At most %(n)d rows at a time.", action.limit)
        return _sent_back(request, text % {"n": action.limit}, back)
    expected = whole_number(request.POST.get("expected"), -1, 0, 10**9)
    if request.POST.get("step") == "apply" and expected == len(selection.keys):
        return _apply(request, page, source, action, selection, back)
    changed = request.POST.get("step") == "apply"
    return _preview(request, page, source, action, selection, back, changed=changed)


def _apply(
    request: HttpRequest,
    page: "ListPage",
    source: "ListSource",
    action: BulkAction,
    selection: Selection,
    back: str,
) -> HttpResponse:
    with once(request) as claim:
        if claim.fresh:
            outcome = action.apply(request, source.pick(page, selection.keys))
            claim.result = {"sentence": force_str(outcome.sentence), "undo": outcome.undo_url}
    if claim.result.get("undo"):
        tell_undo(request, claim.result["sentence"], claim.result["undo"])
    elif claim.result:
        messages.success(request, claim.result["sentence"])
    return HttpResponseRedirect(back)


def _preview(
    request: HttpRequest,
    page: "ListPage",
    source: "ListSource",
    action: BulkAction,
    selection: Selection,
    back: str,
    *,
    changed: bool,
) -> HttpResponse:
    preview = action.preview(request, source.pick(page, selection.keys))
    context = {
        "list_page": page,
        "action": action,
        "preview": preview,
        "shown": preview.done[:SHOWN],
        "unshown": max(0, len(preview.done) - SHOWN),
        "selection": selection,
        "back": back,
        "changed": changed,
        "page_title": action.label,
    }
    return render_page(request, page.bulk_template, context)


def _sent_back(request: HttpRequest, text: str, back: str) -> HttpResponse:
    messages.warning(request, text)
    return HttpResponseRedirect(back)
