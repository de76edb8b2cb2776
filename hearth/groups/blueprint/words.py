"""How people call the fields that groups can describe, and what stands in them."""

from django.utils.translation import gettext_lazy as _, pgettext_lazy

from hearth.core.permissions import ROLE_WORDS, StaffRole
from hearth.core.sections import Words
from hearth.groups.types import Force, Space, Visibility

LANGUAGES = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}
LANGUAGE, NAME, ZONE = _("Language"), _("Name"), _("Time zone")


def community() -> Words:
    """The community and how it calls itself."""
    fields = {"language": LANGUAGE, "key": pgettext_lazy("field", "Short name"), "name": NAME, "time_zone": ZONE}
    return Words(fields, {"language": LANGUAGES})


def charter() -> Words:
    """What the community is for."""
    fields = {
        "purpose": _("Purpose"),
        "private_purpose": _("Private purpose"),
        "type": _("Kind"),
        "serves_link": pgettext_lazy("field", "The link it serves"),
        "audience": _("Audience"),
        "values": _("Values"),
        "goals": _("Goals"),
    }
    kinds = {
        "auxiliary": pgettext_lazy("kind of community", "serves a main business"),
        "commercial": pgettext_lazy("kind of community", "is the business"),
    }
    return Words(fields, {"type": kinds})


def staff() -> Words:
    """Who runs the community."""
    return Words({"roles": _("Roles")}, {"roles": {role.value: ROLE_WORDS[role] for role in StaffRole}})


def duties() -> Words:
    """Duties and their roster."""
    return Words({"name": NAME, "task": _("Task"), "turns": pgettext_lazy("field", "Roster")})


def places() -> Words:
    """The organisation."""
    levels = {
        "organisation": pgettext_lazy("level", "organisation"),
        "region": pgettext_lazy("level", "region"),
        "site": pgettext_lazy("level", "site"),
        "department": pgettext_lazy("level", "department"),
    }
    fields = {"kind": pgettext_lazy("field", "Level"), "name": NAME, "parent": pgettext_lazy("field", "Belongs to")}
    return Words(fields, {"kind": levels})


def groups() -> Words:
    """Groups."""
    fields = {
        "language": LANGUAGE,
        "name": NAME,
        "theme": _("Theme"),
        "function": _("What it is for"),
        "card": _("Card"),
        "welcome": _("Welcome"),
        "norms": _("Norms"),
        "capacity": _("Capacity"),
        "visibility": _("Visibility"),
        "space": _("Names"),
        "name_rule": _("Rule for name cards"),
        "definition": _("Whom it is for"),
        "place": _("Place"),
        "time_zone": ZONE,
        "lasting": pgettext_lazy("field", "How long it lasts"),
        "ends_on": pgettext_lazy("field", "Last day"),
        "owner": _("Owner of record"),
        "keepers": _("Keepers"),
        "door": _("Door"),
    }
    lasting = {
        "standing": pgettext_lazy("how long", "for good"),
        "ending": pgettext_lazy("how long", "until it is completed"),
    }
    spaces, seen_by = dict(Space.choices), dict(Visibility.choices)
    return Words(fields, {"language": LANGUAGES, "visibility": seen_by, "space": spaces, "lasting": lasting})


def value_lines() -> Words:
    """Why members come and what is done for it."""
    fields = {
        "name": NAME,
        "force": pgettext_lazy("field", "Why members come"),
        "groups": _("Groups"),
        "service": pgettext_lazy("field", "What is done"),
        "kept_by": pgettext_lazy("field", "What shows it"),
        "gets": pgettext_lazy("field", "What each gets"),
    }
    return Words(fields, {"force": dict(Force.choices)})
