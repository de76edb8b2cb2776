"""Name cards that do not hold a group's rule, in words: on the profile, before a rule is saved, and for its keepers."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, pgettext

from hearth.core.lists import listed
from hearth.core.texts import best
from hearth.groups.models import Group
from hearth.groups.queries.name_cards import cards_to_mend, gaps_of
from hearth.groups.services.admission import CARD_PARTS
from hearth.groups.web.forms import GroupForm
from hearth.people.queries import member_cards
from hearth.people.registry import CardGap

SHOWN = 20
PLACES = ("hospital", "department", "title")


def form_of(rule: str) -> str:
    """A rule as people read it: Name-Hospital-Department."""
    words = {"name": pgettext("on a name card", "Name")} | {part: str(CARD_PARTS[part]) for part in PLACES}
    for part, word in words.items():
        rule = rule.replace(f"{{{part}}}", word)
    return rule


def lacks_in_words(lacks: tuple[str, ...]) -> str:
    """What must be mended."""
    words = {"other": _("a chosen name other than the real one")}
    return listed(words[lack] if lack in words else CARD_PARTS[lack] for lack in lacks)


def gaps_told(member: Any, changes: Mapping[str, str]) -> list[CardGap]:
    """The gaps of a member's card, for their profile."""
    told = _("%(group)s asks for %(form)s. Missing: %(parts)s.")
    return [
        CardGap(
            f"group:{group.pk}",
            frozenset(lacks),
            told % {"group": best(group.name), "form": form_of(group.name_rule), "parts": lacks_in_words(lacks)},
        )
        for group, lacks in gaps_of(member, changes)
    ]


def stricter(group: Group, rule: str, space: str) -> int:
    """How many members' cards would lack something under a rule that they do not lack under the one a group has now."""
    if (rule, space) == (group.name_rule, group.space):
        return 0
    before = {member.pk: set(lacks) for member, lacks in cards_to_mend(group)}
    return sum(bool(set(lacks) - before.get(member.pk, set())) for member, lacks in cards_to_mend(group, rule, space))


def lacking(request: HttpRequest, group: Group, form: GroupForm) -> int:
    """How many cards a valid form would make lack something, unless whoever sends it has read that of this rule."""
    if request.method != "POST" or not form.is_valid() or "name_rule" not in form.cleaned_data:
        return 0
    rule, space = form.cleaned_data["name_rule"], form.cleaned_data["space"]
    read = request.POST.get("knowing", "").split() == [space, *rule.split()]
    return 0 if read else stricter(group, rule, space)


def rows_to_mend(group: Group) -> dict[str, Any] | None:
    """The first of those whose cards are to be mended, with what they lack and how many there are; None for nobody."""
    found = cards_to_mend(group) if group.name_rule else []
    if not found:
        return None
    cards = member_cards([member.pk for member, _lacks in found[:SHOWN]], group.space)
    rows = [(cards[member.pk], lacks_in_words(lacks)) for member, lacks in found[:SHOWN] if member.pk in cards]
    return {"rows": rows, "n": len(found), "more": len(found) - len(rows), "form": form_of(group.name_rule)}
