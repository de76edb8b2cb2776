"""Forms of the import: the archive, and what its columns mean."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from hearth.carriers.models import Purpose
from hearth.kit.encodings import known_encoding
from hearth.ui.types import Text

ASKED: dict[str, Text] = {
    "time": _("Time"),
    "date": _("Date, where it stands apart"),
    "author": _("Author (id or name)"),
    "author_name": _("Author’s name"),
    "text": _("Text"),
    "channel": _("Channel or group"),
    "id": _("Id of the message"),
    "reply_to": _("Answers the message with this id"),
    "thread": _("Thread or topic"),
    "mentions": _("Mentions"),
    "is_bot": _("Written by a machine"),
}
NEEDED = frozenset({"author", "text"})


class UploadForm(forms.Form):
    """An archive and what is wanted of it."""

    file = forms.FileField(label=_("Archive"), allow_empty_file=True)
    purpose = forms.ChoiceField(choices=[(Purpose.DIAGNOSE, ""), (Purpose.IMPORT, "")])


class SourceForm(forms.Form):
    """What the place of origin is called: the same name again recognises what is there already."""

    source = forms.CharField(
        label=_("Name of the source"),
        max_length=60,
        help_text=_("Keep it when you import a newer export of the same community: what is there is recognised."),
    )


class MappingForm(forms.Form):
    """Which column of a table holds what; of a text without columns, which clock wrote its times."""

    tz = forms.CharField(
        label=_("Time zone of times that name none"),
        initial="UTC",
        widget=forms.TextInput(attrs={"list": "time-zones"}),
    )
    day_first = forms.ChoiceField(
        label=_("5/3/2024 means"),
        required=False,
        choices=[("", _("Decide from the file")), ("yes", _("5 March")), ("no", _("May 3"))],
    )
    encoding = forms.CharField(
        label=_("Encoding"), required=False, help_text=_("Leave empty to recognise it. Or: utf-8, gb18030, big5.")
    )
    channel_name = forms.CharField(label=_("Name of the group, where no column says it"), required=False, max_length=80)

    def __init__(self, *args: Any, columns: list[str], mapping: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not columns:
            self.fields["channel_name"].label = _("Name of the group")
            return
        shown = [name or f"#{place}" for place, name in enumerate(columns, 1)]
        offered = [("", _("– none –")), *((name, name) for name in shown)]
        fields: dict[str, forms.Field] = {}
        for name, label in ASKED.items():
            chosen = mapping.get(name, "")
            choices = offered if not chosen or chosen in shown else [*offered, (chosen, chosen)]
            fields[f"column_{name}"] = forms.ChoiceField(
                label=str(label), choices=choices, initial=chosen, required=name in NEEDED
            )
        self.fields = {**fields, **self.fields}

    def clean_tz(self) -> str:
        """A time zone by its IANA name."""
        zone: str = self.cleaned_data["tz"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no time zone of this name. Use one such as Asia/Shanghai."))
        return zone

    def clean_encoding(self) -> str:
        """An encoding that Python knows, or nothing."""
        name: str = self.cleaned_data["encoding"].strip()
        if name and not known_encoding(name):
            raise forms.ValidationError(_("This encoding is not known. Use one such as utf-8, gb18030 or big5."))
        return name

    def mapping(self) -> dict[str, Any]:
        """What ``ImportMapping`` takes."""
        told = self.cleaned_data
        columns = {name: told[f"column_{name}"] for name in ASKED if told.get(f"column_{name}")}
        day_first = {"yes": True, "no": False}.get(told["day_first"])
        return {
            "columns": columns,
            "tz": told["tz"],
            "encoding": told["encoding"],
            "channel": told["channel_name"],
            "day_first": day_first,
        }
