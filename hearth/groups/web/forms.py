"""Forms of members' and keepers' pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hearth.core.texts import best
from hearth.groups.models import Group, Norms
from hearth.groups.types import Space, Visibility

TEXTS = ("name", "function", "card", "welcome")


class JoinForm(forms.Form):
    """Entering a group: the norms as they were shown."""

    accept_norms = forms.BooleanField(label=_("I have read the norms and accept them"), required=False)
    norms_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    why = forms.CharField(
        label=_("Why you come in past the door"),
        max_length=300,
        required=False,
        help_text=_("The door does not ask those who tend the group; say why, and it is kept in the audit log."),
    )


def with_norms(form: Any, norms: Norms | None) -> Any:
    """A form below the norms as they are shown now: whoever accepted others accepts these anew."""
    version = str(norms.version) if norms else ""
    if form.is_bound and form.data.get("norms_version", "") != version:
        form.data = {**form.data.dict(), "norms_version": version}
        form.data.pop("accept_norms", None)
    return form


class LinkEntryForm(JoinForm):
    """Entering by link, also for somebody who is new to the community."""

    display_name = forms.CharField(label=_("Your name here"), max_length=80, help_text=_("Others will know you by it."))


class GroupForm(forms.Form):
    """The card of a group in one language, and its door."""

    name = forms.CharField(label=_("Name"), max_length=80)
    function = forms.CharField(label=_("What it is for"), max_length=300, required=False)
    card = forms.CharField(
        label=_("Card"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What people read before they join."),
    )
    welcome = forms.CharField(
        label=_("Welcome"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Newcomers read it for a fortnight. {name}, {group} and {keeper} are put in."),
    )
    capacity = forms.IntegerField(label=_("Capacity"), required=False, min_value=2, max_value=100_000)
    visibility = forms.ChoiceField(label=_("Visibility"), choices=Visibility.choices)
    space = forms.ChoiceField(label=_("Names"), choices=Space.choices)
    name_rule = forms.CharField(
        label=_("Rule for name cards"),
        max_length=80,
        required=False,
        help_text=_(
            "For example {name}-{hospital}-{department}: whoever comes in must have these. In a patient group {name} "
            "asks for a name other than the real one."
        ),
    )

    @classmethod
    def of(cls, group: Group, language: str, data: Any = None) -> "GroupForm":
        """The form filled with a group's texts in ``language``."""
        initial = {field: getattr(group, field).get(language, "") for field in TEXTS}
        initial["name"] = initial["name"] or best(group.name, language)
        initial |= {"capacity": group.capacity, "visibility": group.visibility, "space": group.space}
        initial["name_rule"] = group.name_rule
        return cls(data, initial=initial)

    def changes(self, group: Group, language: str) -> dict[str, Any]:
        """What to hand to ``change_group``: the texts of other languages stay."""
        texts = {field: {**getattr(group, field), language: self.cleaned_data[field]} for field in TEXTS}
        rest = {field: self.cleaned_data[field] for field in ("capacity", "visibility", "space", "name_rule")}
        return {**texts, **rest}


class NormsForm(forms.Form):
    """New norms in every language of the house."""

    def __init__(self, *args: Any, texts: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[code.replace("-", "_")] = forms.CharField(
                label=_(name),
                required=False,
                max_length=8000,
                initial=texts.get(code, ""),
                widget=forms.Textarea(attrs={"rows": 6, "lang": code}),
            )

    def texts(self) -> dict[str, str]:
        """The norms per language."""
        return {code: self.cleaned_data[code.replace("-", "_")] for code, _name in settings.LANGUAGES}


def welcome_by_it() -> forms.CharField:
    """The word of welcome of a link or a code."""
    return forms.CharField(
        label=_("Welcome for those who come by it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Instead of the group's word of welcome. {name}, {group} and {keeper} are put in."),
    )


def is_one_of() -> forms.CharField:
    """Values of which somebody has one."""
    return forms.CharField(
        label=_("is one of"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One to a line, in every language in which people write it."),
    )


class LinkForm(forms.Form):
    """A new join link."""

    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days")), (0, _("As long as nobody revokes it"))],
        initial=7,
    )
    max_uses = forms.IntegerField(label=_("For at most so many people"), required=False, min_value=1, max_value=100_000)
    welcome = welcome_by_it()


class RemovalForm(forms.Form):
    """Taking somebody out."""

    why = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The member reads this.")
    )
    ban = forms.BooleanField(label=_("They may not come back"), required=False)


class MuteForm(forms.Form):
    """Taking somebody's voice for a while."""

    hours = forms.TypedChoiceField(
        label=_("For"),
        coerce=int,
        choices=[
            (1, _("1 hour")),
            (24, _("1 day")),
            (72, _("3 days")),
            (168, _("7 days")),
            (0, _("Until it is lifted")),
        ],
        initial=24,
    )
    why = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The member reads this.")
    )
