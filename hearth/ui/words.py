"""Sentences that behaviours (JavaScript) speak; rendered into the page, so that no script catalogue is needed."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from hearth.ui.types import Text

JS_WORDS: Final[dict[str, Text]] = {
    "copied": _("Copied"),
    "copy_failed": _("Could not copy. Select the text and copy it by hand."),
    "draft_restored": _("Your draft is back."),
    "draft_discard": _("Discard draft"),
    "offline": _("You are offline. What you write is kept here."),
    "failed": _("That did not work. Nothing was lost; please try again."),
    "slow_down": _("Too many requests. Please wait a moment."),
    "nothing_found": _("Nothing found. Try another word."),
    "searching": _("Searching…"),
    "selected": _("{n} selected"),
    "all_selected": _("All {n} selected"),
    "close": _("Close"),
    "previous_period": _("Previous period"),
    "new_messages": _("New messages"),
}
