"""Doing one thing to many rows: select, look at what would happen, then do it once, with a way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.encoding import force_str
from django.utils.translation import gettext, ngettext

from hearth.core.idempotency import once
from hearth.ui.lists.state import clean, whole_number
from hearth.ui.pages import page as render_page, tell_undo
from hearth.ui.types import Text

if TYPE_CHECKING:
    from hearth.ui.lists.page import ListPage
    from hearth.ui.lists.sources import ListSource
    from hearth.ui.lists.state import ListState

SHOWN = 50


def _to_everybody(request: HttpRequest) -> bool:
    return True


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
    """One action on many rows. `preview` only looks; `apply` changes, in one transaction with its idempotency key.

    With `form` (called with the posted data or None) questions are asked first; their answers go to both functions as
    keyword arguments.
    """

    key: str
    label: Text
    preview: Callable[..., BulkPreview]
    apply: Callable[..., BulkOutcome]
    icon: str = "check"
    danger: bool = False
    limit: int = 1000
    available: Callable[[HttpRequest], bool] = _to_everybody
    form: Callable[[Any], BaseForm] | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows: the picked keys, or all that match the list's state."""

    keys: tuple[str, ...]
    everything: bool

    @property
    def text(self) -> str:
        """The keys in one form field."""
        return ",".join(self.keys)


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """A bulk POST: the request, the list, its rows, its state, where to go back to, and the page's own context."""

    request: HttpRequest
    page: "ListPage"
    source: "ListSource"
    state: "ListState"
    back: str
    context: dict[str, Any]

    def selection(self) -> Selection:
        """The rows that the form names; "all matching" is looked up anew."""
        if self.request.POST.get("all") == "1":
            return Selection(tuple(self.source.keys(self.page, self.state)), everything=True)
        told = [key for text in self.request.POST.getlist("pick") for key in clean(text, 200_000).split(",")]
        return Selection(tuple(dict.fromkeys(key for key in told if key)), everything=False)

    def rows(self, selection: Selection) -> list[Any]:
        """The selected rows that the reader may see."""
        return self.source.pick(self.page, selection.keys)


def respond_bulk(asked: BulkRequest) -> HttpResponse:
    """Answer a bulk POST: the preview first; with `step=apply` the deed, once, and back to the list."""
    post = asked.request.POST
    action = asked.page.bulk_action(asked.request, post.get("bulk", ""))
    if action is None:
        return _sent_back(asked, gettext("This action is not known here."))
    selection = asked.selection()
    if not selection.keys:
        return _sent_back(asked, gettext("Nothing is selected. Tick some rows first."))
    if len(selection.keys) > action.limit:
        text = ngettext("At most %(n)d row at a time.", "At most %(n)d rows at a time.", action.limit)
        return _sent_back(asked, text % {"n": action.limit})
    form = action.form(post if post.get("step") else None) if action.form else None
    if form is not None and not form.is_valid():
        return _preview(asked, action, selection, form=form)
    answers = form.cleaned_data if form is not None else {}
    confirmed = post.get("step") == "apply"
    if confirmed and whole_number(post.get("expected"), -1, 0, 10**9) == len(selection.keys):
        return _apply(asked, action, selection, answers)
    return _preview(asked, action, selection, changed=confirmed, form=form, answers=answers)


def _apply(asked: BulkRequest, action: BulkAction, selection: Selection, answers: dict[str, Any]) -> HttpResponse:
    request = asked.request
    with once(request) as claim:
        if claim.fresh:
            outcome = action.apply(request, asked.rows(selection), **answers)
            claim.result = {"sentence": force_str(outcome.sentence), "undo": outcome.undo_url}
    if claim.result.get("undo"):
        tell_undo(request, claim.result["sentence"], claim.result["undo"])
    elif claim.result:
        messages.success(request, claim.result["sentence"])
    return HttpResponseRedirect(asked.back)


def _preview(
    asked: BulkRequest,
    action: BulkAction,
    selection: Selection,
    *,
    changed: bool = False,
    form: BaseForm | None = None,
    answers: dict[str, Any] | None = None,
) -> HttpResponse:
    asking = form is not None and answers is None
    if asking:
        count = len(selection.keys)
        sentence = ngettext("For %(n)d selected row.", "For %(n)d selected rows.", count) % {"n": count}
        preview = BulkPreview(sentence)
    else:
        preview = action.preview(asked.request, asked.rows(selection), **(answers or {}))
    context = {
        "form": form,
        "asking": asking,
        **asked.context,
        "list_page": asked.page,
        "action": action,
        "preview": preview,
        "shown": preview.done[:SHOWN],
        "unshown": max(0, len(preview.done) - SHOWN),
        "selection": selection,
        "back": asked.back,
        "changed": changed,
        "page_title": action.label,
    }
    return render_page(asked.request, asked.page.bulk_template, context)


def _sent_back(asked: BulkRequest, text: str) -> HttpResponse:
    messages.warning(asked.request, text)
    return HttpResponseRedirect(asked.back)
