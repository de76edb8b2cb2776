"""Community settings: declared beside their use, stored only where they differ from the default."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.models import CommunitySetting
from hearth.core.permissions import CHANGE_SETTINGS, Actor, demand
from hearth.kit.clock import now
from hearth.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting. ``kind`` is bool, int, text or choice; ``title`` and ``help`` are message ids."""

    key: str
    title: str
    help: str
    kind: str
    default: Any
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    def parsed(self, raw: Any) -> Any:
        """``raw`` as this kind of value. Raises Refusal with the reason."""
        if self.kind == "bool":
            return raw in (True, "on", "true", "1", 1)
        if self.kind == "int":
            return self._number(raw)
        if self.kind == "choice" and raw not in {value for value, _label in self.choices}:
            raise Refusal("Choose one of the values offered.", field=self.key)
        return str(raw)[:2000]

    def _number(self, raw: Any) -> int:
        try:
            value = int(raw)
        except (TypeError, ValueError):
            raise Refusal("Give a whole number.", field=self.key) from None
        low, high = self.minimum, self.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise Refusal("Give a number from %(low)s to %(high)s.", field=self.key, low=low, high=high)
        return value


settings_declared: Registry[Setting] = Registry("community setting")


def declare(key: str, title: str, *, help: str, kind: str, default: Any, **limits: Any) -> Setting:  # noqa: A002
    """Declare a setting beside the code that reads it."""
    return settings_declared.register(key, Setting(key, title, help, kind, default, **limits))


def value_of(setting: Setting) -> Any:
    """The value in force for the community in scope."""
    stored = CommunitySetting.objects.filter(key=setting.key).values_list("value", flat=True).first()
    return setting.default if stored is None else stored


def all_values() -> dict[str, Any]:
    """Every declared setting with its value in force: one query."""
    stored = dict(CommunitySetting.objects.values_list("key", "value"))
    return {setting.key: stored.get(setting.key, setting.default) for setting in settings_declared}


@transaction.atomic
def change_setting(actor: Actor, key: str, raw: Any, *, why: str = "") -> Any:
    """Store a new value and audit the change. Raises NotAllowed, Refusal, KeyError for an unknown key."""
    demand(actor, CHANGE_SETTINGS.key)
    setting = settings_declared[key]
    value, before = setting.parsed(raw), value_of(setting)
    if value == before:
        return value
    CommunitySetting.objects.update_or_create(key=key, defaults={"value": value, "changed_at": now()})
    audit.record(actor, "setting_changed", f"setting:{key}", before={"value": before}, after={"value": value}, why=why)
    return value
