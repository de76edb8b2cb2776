"""Forms of the door's pages: one for each kind of condition, made from its fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hearth.groups.registry import gate_kinds
from hearth.groups.rules.gates import Field, GateKind


class DecisionForm(forms.Form):
    """A word to those on whose requests one decides."""

    why = forms.CharField(
        label=_("A word to the member"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed to decline, and where somebody is let in past the door."),
    )


class InviteForm(forms.Form):
    """An invitation of one person."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("Only whoever signs in with this address can use it.")
    )


class WhyForm(forms.Form):
    """A reason for the record."""

    why = forms.CharField(label=_("Why"), max_length=300, required=False, help_text=_("Kept in the audit log."))


def condition_form(kind: GateKind, data: Any = None) -> forms.Form:
    """A form for the parameters of a kind of condition, and from how many members on it is asked."""
    form = forms.Form(data)
    form.fields["start"] = forms.IntegerField(
        label=_("From so many members on"), min_value=0, max_value=100_000, initial=0
    )
    for one in kind.fields:
        form.fields[one.name] = _field(one)
    return form


def _field(one: Field) -> forms.Field:
    about: dict[str, Any] = {
        "label": _(one.title),
        "help_text": _(one.help) if one.help else "",
        "initial": one.default,
    }
    if one.kind == "number":
        return forms.IntegerField(min_value=one.low, max_value=one.high, **about)
    if one.kind == "choice":
        choices = [(value, _(words)) for value, words in one.choices]
        return forms.ChoiceField(choices=choices, **about)
    if one.kind == "flag":
        return forms.BooleanField(required=False, **about)
    if one.kind == "lines":
        return forms.CharField(required=one.required, widget=forms.Textarea(attrs={"rows": 3}), **about)
    return forms.CharField(required=one.required, max_length=one.high, **about)


def kinds_offered() -> list[tuple[GateKind, str]]:
    """Every kind with the module it waits for, "" for those that can be chosen."""
    return [(kind, "" if kind.is_there() else kind.waits_for) for kind in gate_kinds]
