"""Forms of what one wants to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hearth.notify.models import Digest, Level, Preference


class PreferenceForm(forms.Form):
    """The general level, mail, quiet hours."""

    level = forms.ChoiceField(label=_("From groups, tell me"), choices=Level.choices)
    digest = forms.ChoiceField(label=_("Mail with what is new"), choices=Digest.choices)
    digest_at = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02d}:00") for hour in range(24)]
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In quiet hours notices wait in the inbox and no mail comes."),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    @classmethod
    def of(cls, chosen: Preference, data: Any = None) -> "PreferenceForm":
        """The form filled with what a member chose."""
        return cls(data, initial={name: getattr(chosen, name) for name in cls.base_fields})
