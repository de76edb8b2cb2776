"""What a description of a community is made of: texts per language, people, keys, and the shape of each part.

Pure: the modules declare their parts with these types, and the engine reads, compares and orders what they declare.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictInt, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from hearth.kit.text import one_line

LANGUAGES = ("en", "zh-hans", "zh-hant")
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9_]+(?:@[a-z0-9-]+)?")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")

Fields = dict[str, Any]  # of one object, exactly as they stand in a file, texts as a mapping from language to text
Objects = dict[str, Fields]  # of one part, by key; '' is the key of a part that is one object


class Part(BaseModel):
    """What stands under one key of a description. A field that is not named is left as it is.

    ``tag``: the word by which this model is chosen where a value can be one of several.
    """

    tag: ClassVar[str] = ""
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def _texts(value: Any, info: ValidationInfo, *, most: int, one: bool, needed: bool) -> dict[str, str]:
    """A text per language, trimmed; a plain string is in the object's own language, else in the community's."""
    if isinstance(value, str):
        own = info.data.get("language") or (info.context or {}).get("language") or "en"
        value = {own: value}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise PydanticCustomError("texts", "texts")
    for code in value:
        if code not in LANGUAGES:
            raise PydanticCustomError("text_language", "text_language", {"given": str(code)})
    trim = one_line if one else str.strip
    told = {code: trimmed for code in LANGUAGES if (trimmed := trim(value.get(code, "")))}
    if any(len(text) > most for text in told.values()):
        raise PydanticCustomError("string_too_long", "string_too_long", {"max_length": most})
    if needed and not told:
        raise PydanticCustomError("empty", "empty")
    return told


def words(most: int, *, one: bool = False, needed: bool = False) -> Any:
    """The type of a text people read: a string, or one for each language. ``one`` line; ``needed``: never empty."""
    each = {"type": "string", "maxLength": most}
    languages = {"type": "object", "properties": dict.fromkeys(LANGUAGES, each), "additionalProperties": False}
    reading = BeforeValidator(partial(_texts, most=most, one=one, needed=needed))
    return Annotated[dict[str, str], reading, WithJsonSchema({"anyOf": [each, languages]})]


def _matching(value: Any, pattern: re.Pattern[str], code: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or not pattern.fullmatch(value):
        raise PydanticCustomError(code, code)
    return value


def _person(value: Any) -> str:
    return _matching(value.strip().lower() if isinstance(value, str) else value, _ADDRESS, "person", 254)


def _key(value: Any) -> str:
    return _matching(value, _KEY, "key", 60)


def _name(value: Any) -> str:
    return _matching(value, _NAME, "name", 130)


def _clock(value: Any) -> str:
    return _matching(value, _CLOCK, "clock", 5)


def of_these(name: str, known: Collection[str], what: str) -> str:
    """``name`` where it is known; else the error ``what``, or ``what_near`` with the one that was probably meant."""
    if name in known:
        return name
    near = next(iter(get_close_matches(name, sorted(known), n=1)), "")
    kind = f"{what}_near" if near else what
    raise PydanticCustomError(kind, kind, {"name": name, "near": near})  # type: ignore[arg-type]


def _any(key: str) -> str:
    return key


Person = Annotated[str, BeforeValidator(_person), WithJsonSchema({"type": "string", "format": "email"})]
Key = Annotated[str, BeforeValidator(_key), WithJsonSchema({"type": "string", "pattern": f"^{_KEY.pattern}$"})]
Clock = Annotated[str, BeforeValidator(_clock), WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK.pattern}$"})]
Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
Language = Literal["en", "zh-hans", "zh-hant"]
Whole = StrictInt

Kind = Literal["create", "change", "remove"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between what is wanted and what stands: fields before and after, only those that differ.

    ``before`` is empty for what is created, ``after`` for what is removed. ``taken_back``: it undoes what was applied.
    """

    section: str
    key: str
    kind: Kind
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """How one part of a description is built.

    ``keyed``: many objects, each under its key, of type ``keys``; else one object. ``known`` refuses keys that mean
    nothing, with a PydanticCustomError. ``after`` names parts that come first; ``parent`` the field that names
    another object of this part; ``refers`` maps a field to the part whose key (or list of keys) it holds.
    ``templates`` is the top key under which ``like`` finds templates. ``needed`` fields cannot be left out of a new
    object, ``lasting`` ones never emptied. In a copy of an object ``{placeholders}`` are filled in all its texts
    and in its ``filled`` plain fields; the fields that are its ``own`` are not taken over.
    """

    key: str
    model: Callable[[], type[BaseModel]]
    keyed: bool = False
    keys: Literal["key", "person", "name"] = "key"
    known: Callable[[str], str] = _any
    after: tuple[str, ...] = ()
    parent: str = ""
    refers: Mapping[str, str] = field(default_factory=dict)
    templates: str = ""
    needed: tuple[str, ...] = ()
    lasting: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def defaults(self) -> Fields:
        """What a field is when nobody names it, in the shape of the file."""
        fields = self.model().model_fields
        return {one.alias or name: one.get_default(call_default_factory=True) for name, one in fields.items()}

    def names(self) -> list[str]:
        """The fields as they are called in a file."""
        return [one.alias or name for name, one in self.model().model_fields.items()]
