"""What the guided start says: its screens, and what it offers to choose from."""

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from hearth.blueprint.rules.answers import HOSTING
from hearth.blueprint.rules.readiness import Verdict
from hearth.ui.types import Text

# Screen → title, the one question it asks.
SCREENS: dict[str, tuple[Text, Text]] = {
    "purpose": (gettext_lazy("Purpose and goals"), gettext_lazy("What is it for, and how will you see that it works?")),
    "audience": (gettext_lazy("Audience"), gettext_lazy("Whom is it for, and in which groups do they meet?")),
    "value": (gettext_lazy("Value line"), gettext_lazy("Why do members come, and which service answers it?")),
    "doors": (gettext_lazy("Doors and rules"), gettext_lazy("Who finds a group, and what does everybody agree to?")),
    "team": (gettext_lazy("Team and rhythm"), gettext_lazy("Who does the work, and how much can they really make?")),
}
TYPES = [
    ("auxiliary", gettext_lazy("It helps a business that exists: one or two people run it beside their work.")),
    ("commercial", gettext_lazy("It is the business itself: it needs a whole team, and earns its keep.")),
]
NUMBERS: dict[str, Any] = {
    "participation": gettext_lazy("Of a hundred members, how many take part in a month?"),
    "questions_answered_24h": gettext_lazy("Of a hundred questions, how many are answered within a day?"),
    "newcomers_kept": gettext_lazy("Of a hundred newcomers, how many still write after a week?"),
    "organic_share": gettext_lazy("Of a hundred messages, how many do members write of their own accord?"),
}
MARKS = [
    ("department", gettext_lazy("A department")),
    ("disease", gettext_lazy("A disease")),
    ("age", gettext_lazy("An age or a time of life")),
    ("interest", gettext_lazy("An interest")),
    ("city", gettext_lazy("A city or a region")),
    ("shop", gettext_lazy("A shop or an institution")),
]
FORCES: dict[str, tuple[Text, Text]] = {
    "knowledge": (gettext_lazy("To learn something"), gettext_lazy("Cards, courses, experience.")),
    "official": (gettext_lazy("To be served by you"), gettext_lazy("Questions answered, complaints settled.")),
    "social": (gettext_lazy("To meet others like them"), gettext_lazy("Talk, gatherings, work that is shared.")),
    "emotion": (gettext_lazy("Not to be alone"), gettext_lazy("Somebody who listens, somebody who was there before.")),
    "benefit": (gettext_lazy("For a benefit"), gettext_lazy("Offers, places, discounts.")),
    "development": (gettext_lazy("To have a say"), gettext_lazy("They see how the thing itself grows, and shape it.")),
}
OUTPUTS = [
    ("card", pgettext_lazy("kind of work", "Card or article")),
    ("answer", pgettext_lazy("kind of work", "Answer")),
    ("gathering", pgettext_lazy("kind of work", "Gathering")),
    ("round", pgettext_lazy("kind of work", "Round or topic of the day")),
    ("offer", pgettext_lazy("kind of work", "Offer")),
]
WORK = [*OUTPUTS, (HOSTING, pgettext_lazy("kind of work", "Looking after the groups"))]
WORK_WORDS: dict[str, Any] = dict(WORK)
EVERY = [
    ("day", gettext_lazy("a day")),
    ("week", gettext_lazy("a week")),
    ("month", gettext_lazy("a month")),
]
ASKED = [
    ("", gettext_lazy("Leave the doors as they are")),
    ("nothing", gettext_lazy("Nothing: everybody comes in")),
    ("keeper", gettext_lazy("A keeper agrees")),
    ("verified", gettext_lazy("They are verified professionals")),
    ("invitation", gettext_lazy("A member invited them")),
]
VISIBILITY = [
    ("open", gettext_lazy("Open: every member of the community reads it")),
    ("listed", gettext_lazy("Listed: everybody sees its card, members read it")),
    ("hidden", gettext_lazy("Hidden: only those who are in know of it")),
]
SPACES = [
    ("general", gettext_lazy("The name each member chose")),
    ("professional", gettext_lazy("Real name, hospital and department")),
    ("patient", gettext_lazy("A chosen name, and nothing else")),
]
# Verdict → title, tone, sentence.
VERDICTS: dict[str, tuple[Text, str, Text]] = {
    Verdict.READY: (
        gettext_lazy("It can be carried"),
        "good",
        gettext_lazy("Those you named have the hours for what you promise, and some in reserve."),
    ),
    Verdict.TIGHT: (
        gettext_lazy("It can just be carried"),
        "caution",
        gettext_lazy("The hours suffice with next to nothing in reserve: one cold, and a week is empty."),
    ),
    Verdict.NOT_YET: (
        gettext_lazy("Do not build yet"),
        "danger",
        gettext_lazy("What is promised cannot be kept. A community that waits in vain is dead before it lived."),
    ),
    Verdict.UNTOLD: (
        gettext_lazy("Nobody can say yet whether it can be carried"),
        "caution",
        gettext_lazy("Say what you promise (third screen) and who has hours for it (fifth)."),
    ),
}
