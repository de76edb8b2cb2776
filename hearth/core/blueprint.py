"""The settings of a community, as its blueprint tells them."""

from functools import lru_cache
from typing import Annotated, Any, Literal

from django.utils.translation import gettext
from pydantic import BaseModel, Field, StrictBool, StrictInt, create_model

from hearth.core.community_settings import Setting, all_values, change_setting, settings_declared
from hearth.core.permissions import CHANGE_SETTINGS, Actor
from hearth.core.sections import Words, section
from hearth.kit.described import Change, Objects, Part, Shape


def _type(setting: Setting) -> Any:
    if setting.kind == "bool":
        return StrictBool
    if setting.kind == "int":
        return Annotated[StrictInt, Field(ge=setting.minimum, le=setting.maximum)]
    if setting.kind == "choice":
        return Literal[tuple(value for value, _label in setting.choices)]  # type: ignore[misc]
    return Annotated[str, Field(max_length=2000)]


def settings_model() -> type[BaseModel]:
    """Every declared setting under its key."""
    return _model(tuple(settings_declared.keys()))


@lru_cache(maxsize=4)  # modules declare theirs one after the other while the house starts
def _model(_declared: tuple[str, ...]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        one.key.replace(".", "__"): (_type(one), Field(default=one.default, alias=one.key, description=one.help))
        for one in sorted(settings_declared, key=lambda one: one.key)
    }
    return create_model("Settings", __base__=Part, **fields)


def _read() -> Objects:
    return {"": all_values()}


def _write(actor: Actor, change: Change) -> None:
    for key, value in change.after.items():
        change_setting(actor, key, value)


def _words() -> Words:
    return Words(
        {one.key: gettext(one.title) for one in settings_declared},
        {one.key: {value: gettext(label) for value, label in one.choices} for one in settings_declared},
    )


section(
    Shape("settings", settings_model, after=("community", "groups", "duties", "goals")),
    title="Settings",
    help="What the community decided otherwise than the house, by the keys of the reference of settings.",
    permission=CHANGE_SETTINGS.key,
    read=_read,
    write=_write,
    words=_words,
)
