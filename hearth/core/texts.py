"""Operators' texts in several languages, the field that keeps them, and how rows are searched by them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy as _

FALLBACKS = {"zh-hant": ("zh-hans", "en"), "zh-hans": ("zh-hant", "en"), "en": ("zh-hans", "zh-hant")}


def best(texts: Mapping[str, str] | None, language: str | None = None) -> str:
    """The text in ``language`` (default: the reader's), else in the nearest language that has one, else ''."""
    if not texts:
        return ""
    wanted = language or get_language() or "en"
    for code in (wanted, *FALLBACKS.get(wanted, ("en",))):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


def text_paths(*fields: str) -> tuple[str, ...]:
    """Where texts per language are searched: a path for each field and language.

    SQLite keeps JSON escaped ("\\u5fc3"), so only the text under one key can be compared with what somebody typed.
    """
    return tuple(f"{field}__{code}" for field in fields for code, _name in settings.LANGUAGES)


def holding(query: str, paths: Iterable[str], *, most: int = 8) -> Q:
    """The condition on rows that hold every word of ``query`` (its first ``most``), each under one of ``paths``."""
    wanted = Q()
    for word in query.split()[:most]:
        anywhere = Q()
        for path in paths:
            anywhere |= Q(**{f"{path}__icontains": word})
        wanted &= anywhere
    return wanted


def _checked(value: Any) -> None:
    codes = {code for code, _name in settings.LANGUAGES}
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise ValidationError(_("Give one text per language."))
    if not set(value) <= codes:
        raise ValidationError(_("Known languages are %(codes)s."), params={"codes": ", ".join(sorted(codes))})


class LocalText(models.JSONField):
    """A text per language: ``{"en": "Cardiology", "zh-hans": "心内科"}``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.validators.append(_checked)

    def deconstruct(self) -> Any:
        """Without the defaults that every such field has."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs
