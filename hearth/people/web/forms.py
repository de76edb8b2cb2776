"""Forms of the pages about oneself."""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hearth.people.registry import TokenScope
from hearth.people.rules.zones import time_zones


class ProfileForm(forms.Form):
    """Names and what stands on the name card."""

    display_name = forms.CharField(
        label=_("Chosen name"), max_length=80, help_text=_("Shown in patient groups and general groups.")
    )
    real_name = forms.CharField(
        label=_("Real name"),
        max_length=120,
        required=False,
        help_text=_("Shown to peers in professional groups only, and to staff."),
    )
    hospital = forms.CharField(label=_("Hospital or institution"), max_length=120, required=False)
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    about = forms.CharField(
        label=_("About me"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class PasskeyForm(AddWebAuthnForm):
    """The library's, whose field has no label that could be translated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")


class TokenForm(forms.Form):
    """A new token for the API."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Where the token will be used."))
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label=_("Works until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, scopes: Iterable[TokenScope], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope.key, _(scope.title)) for scope in scopes]  # type: ignore[attr-defined]


class SpeechForm(forms.Form):
    """Language and time zone."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        browser = [("", _("As the browser says"))]
        zones = [(name, name.replace("_", " ")) for name in sorted(time_zones())]
        self.fields["language"].choices = browser + list(settings.LANGUAGES)  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = browser + zones  # type: ignore[attr-defined]
