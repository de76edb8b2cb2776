"""Settings of the community, its charter, and who runs it; every change with before, after and why."""

from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hearth.console.pages.audit import enrich
from hearth.console.registry import ROLES
from hearth.core import audit
from hearth.core.community_settings import Setting, all_values, change_setting, settings_declared
from hearth.core.permissions import CHANGE_SETTINGS, demand, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import staff_list
from hearth.groups.queries.charter import charter_of
from hearth.groups.queries.duties import OnDuty, rosters
from hearth.groups.registry import CHANGE_CHARTER, GIVE_STAFF_ROLE
from hearth.groups.services import change_charter, end_staff, make_staff
from hearth.groups.services.communities import CHARTER_TEXTS
from hearth.people.access import member_for
from hearth.people.queries.operating import find_members
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page
from hearth.ui.types import Text

LOG_SHOWN = 15
MODULES: dict[str, Text] = {
    "core": gettext_lazy("The house"),
    "people": gettext_lazy("People"),
    "groups": gettext_lazy("Groups"),
    "notify": gettext_lazy("Notices"),
    "conversation": gettext_lazy("Talk"),
    "carriers": gettext_lazy("Imports"),
    "insight": gettext_lazy("Insight"),
}
CHARTER_WORDS: dict[str, tuple[Text, Text]] = {
    "purpose": (gettext_lazy("Purpose"), gettext_lazy("What the community is for, in words that members read.")),
    "private_purpose": (gettext_lazy("Private purpose"), gettext_lazy("What it is for to you. Only staff read this.")),
    "audience": (gettext_lazy("Audience"), gettext_lazy("Whom it is for.")),
    "values": (gettext_lazy("Values"), gettext_lazy("What holds it together.")),
    "goals": (gettext_lazy("Goals"), gettext_lazy("What should be true in a year, measurably.")),
}


def tabs() -> list[dict[str, Any]]:
    """The pages of the settings."""
    return [
        {"key": "settings", "label": _("Settings"), "url": link("console:settings"), "icon": "sliders-horizontal"},
        {"key": "charter", "label": _("Charter"), "url": link("console:charter"), "icon": "scroll-text"},
        {"key": "staff", "label": _("Team"), "url": link("console:staff"), "icon": "shield-check"},
        {"key": "blueprint", "label": _("Blueprint"), "url": link("console:blueprint"), "icon": "file-text"},
    ]


def _field(setting: Setting, value: Any) -> forms.Field:
    title, words = _(setting.title), _(setting.help)
    if setting.kind == "bool":
        return forms.BooleanField(label=title, help_text=words, required=False, initial=value)
    if setting.kind == "int":
        return forms.IntegerField(
            label=title, help_text=words, initial=value, min_value=setting.minimum, max_value=setting.maximum
        )
    if setting.kind == "choice":
        choices = [(key, _(label)) for key, label in setting.choices]
        return forms.ChoiceField(label=title, help_text=words, initial=value, choices=choices)
    return forms.CharField(label=title, help_text=words, initial=value, required=False, max_length=2000)


class SettingsForm(forms.Form):
    """The settings of one module."""

    def __init__(self, declared: list[Setting], values: dict[str, Any], data: Any = None) -> None:
        super().__init__(data)
        self.declared = declared
        for setting in declared:
            self.fields[setting.key] = _field(setting, values[setting.key])
        self.fields["why"] = forms.CharField(
            label=_("Why"), required=False, max_length=300, help_text=_("Kept in the audit log.")
        )


def _forms(data: Any = None, module: str = "") -> list[tuple[str, Text, SettingsForm]]:
    values = all_values()
    by_module: dict[str, list[Setting]] = {}
    for setting in settings_declared:
        by_module.setdefault(setting.key.partition(".")[0], []).append(setting)
    return [
        (key, MODULES.get(key, key), SettingsForm(declared, values, data if key == module else None))
        for key, declared in sorted(
            by_module.items(), key=lambda pair: list(MODULES).index(pair[0]) if pair[0] in MODULES else 99
        )
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Every declared setting with its help, grouped by module."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, CHANGE_SETTINGS.key)
    module = request.POST.get("module", "")
    shown = _forms(request.POST or None, module)
    refused = None
    if request.method == "POST":
        form = next((form for key, _title, form in shown if key == module), None)
        if form is not None and _save(request, form) is not None:
            messages.success(request, _("Saved."))
            return redirect(link("console:settings"))
        refused = form
    entries = list(audit.entries().filter(action="setting_changed")[:LOG_SHOWN])
    enrich(entries)
    context = {
        "nav_active": "settings",
        "page_title": _("Settings"),
        "tabs": tabs(),
        "shown": shown,
        "log": [_change(entry) for entry in entries],
        "refused": refused,
    }
    return page(request, "console/settings.html", context)


def _save(request: HttpRequest, form: SettingsForm) -> dict[str, Any] | None:
    def act(data: dict[str, Any]) -> dict[str, Any]:
        for setting in form.declared:
            change_setting(request.actor, setting.key, data[setting.key], why=data["why"])  # type: ignore[attr-defined]
        return {"saved": True}

    return attempt(request, form, act)


def _change(entry: Any) -> dict[str, Any]:
    setting = settings_declared.get(entry.subject.partition(":")[2])
    return {
        "who": entry.names.get(entry.actor, entry.actor),
        "what": _(setting.title) if setting else entry.subject,
        "at": entry.at,
        "before": _shown(setting, entry.before.get("value")),
        "after": _shown(setting, entry.after.get("value")),
        "why": entry.why,
    }


def _shown(setting: Setting | None, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if setting is not None and setting.kind == "choice":
        return _(dict(setting.choices).get(value, str(value)))
    return str(value)


class CharterForm(forms.Form):
    """The charter in every language of the house."""

    def __init__(self, charter: Any, data: Any = None) -> None:
        super().__init__(data)
        for name in CHARTER_TEXTS:
            title, words = CHARTER_WORDS[name]
            for code, language in django_settings.LANGUAGES:
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=f"{title} · {language}",
                    help_text=str(words) if code == "en" else "",
                    required=False,
                    max_length=2000,
                    initial=getattr(charter, name).get(code, ""),
                    widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
                )
        self.fields["why"] = forms.CharField(
            label=_("Why"), required=False, max_length=300, help_text=_("Kept in the audit log.")
        )

    def sections(self) -> list[tuple[Text, Text, list[Any]]]:
        """The fields by text: (title, help, one field a language)."""
        return [
            (title, words, [self[f"{name}_{code}"] for code, _language in django_settings.LANGUAGES])
            for name, (title, words) in CHARTER_WORDS.items()
        ]

    def changes(self) -> dict[str, dict[str, str]]:
        """What ``change_charter`` takes."""
        codes = [code for code, _name in django_settings.LANGUAGES]
        return {name: {code: self.cleaned_data[f"{name}_{code}"] for code in codes} for name in CHARTER_TEXTS}


@require_http_methods(["GET", "HEAD", "POST"])
def charter(request: HttpRequest) -> HttpResponse:
    """Purpose, audience, values and goals, per language."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, CHANGE_CHARTER.key)
    form = CharterForm(charter_of(), request.POST or None)
    if request.method == "POST":
        done = attempt(request, form, lambda data: {"ok": change_charter(actor, why=data["why"], **form.changes()).pk})
        if done is not None:
            messages.success(request, _("Saved."))
            return redirect(link("console:charter"))
    context = {"nav_active": "settings", "page_title": _("Settings"), "tabs": tabs(), "form": form}
    return page(request, "console/charter.html", context)


class StaffForm(forms.Form):
    """Somebody gets a role over the community."""

    member = forms.ChoiceField(label=gettext_lazy("Member"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(k, v) for k, v in ROLES.items() if k != "platform"])
    why = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=200)

    def __init__(self, found: list[Any], data: Any = None) -> None:
        super().__init__(data)
        self.fields["member"].choices = [(str(one.pk), _label(one)) for one in found]  # type: ignore[attr-defined]


def _label(one: Any) -> str:
    more = " · ".join(part for part in (one.real_name, one.hospital) if part and part != one.display_name)
    return f"{one.display_name} ({more})" if more else str(one.display_name)


def _turn(turn: OnDuty) -> tuple[str, str]:
    return turn.name, f"{WEEKDAYS[turn.weekday]}, {turn.since:%H:%M}–{turn.until:%H:%M}"


@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest) -> HttpResponse:
    """Who runs the community; administrators give and end roles."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, CHANGE_SETTINGS.key)
    query = request.GET.get("q", "").strip()[:80]
    chosen = request.POST.get("member", "")
    found = find_members(actor, query, 20) if query else []
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        found = [member_for(actor, int(chosen))]
    form = StaffForm(found, request.POST or None)
    if request.method == "POST":
        done = attempt(
            request,
            form,
            lambda data: {"ok": make_staff(actor, found[0], data["role"], why=data["why"]).pk},
        )
        if done is not None:
            messages.success(request, _("The role is given."))
            return redirect(link("console:staff"))
    context = {
        "nav_active": "settings",
        "page_title": _("Settings"),
        "tabs": tabs(),
        "team": [(one, role, ROLES.get(role, role)) for one, role in staff_list()],
        "query": query,
        "found": found,
        "form": form,
        "duties": [(best(duty.name), best(duty.task), [_turn(turn) for turn in turns]) for duty, turns in rosters()],
        "may_give": may(actor, GIVE_STAFF_ROLE.key),
    }
    return page(request, "console/staff.html", context)


@require_POST
def staff_ending(request: HttpRequest, member_id: int, role: str) -> HttpResponse:
    """End a role over the community."""
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.Form(request.POST)
    if attempt(request, form, lambda _data: end_staff(actor, member_for(actor, member_id), role)) is None:
        messages.error(request, errors_of(form))
    else:
        messages.success(request, _("The role has ended."))
    return redirect(link("console:staff"))
