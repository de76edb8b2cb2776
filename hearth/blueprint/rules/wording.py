"""What is wrong with a value, in a sentence that says what to write instead."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

from hearth.blueprint.types import Document, Path, Problem
from hearth.kit.described import LANGUAGES
from hearth.kit.text import noted

TEXT = noted("Give a text; put numbers, dates and words like true into quotes.")
AS_SAID = "%(said)s"  # in the words of whoever checked the value
SENTENCES = {
    "missing": noted("`%(key)s` is missing."),
    "int_type": noted("`%(key)s` is a whole number, without quotes."),
    "float_type": noted("`%(key)s` is a number, without quotes."),
    "float_parsing": noted("`%(key)s` is a number, without quotes."),
    "bool_type": noted("`%(key)s` is true or false."),
    "string_type": TEXT,
    "texts": noted("Give a text, or one text for each language."),
    "text_language": noted("`%(given)s` is no language of the house; there are %(languages)s."),
    "string_too_long": noted("This is too long: at most %(max_length)s characters."),
    "empty": noted("`%(key)s` cannot be empty."),
    "string_too_short": noted("`%(key)s` cannot be empty."),
    "union_tag_not_found": noted("Say which `kind` of condition it is."),
    "person": noted("Name a person by the e-mail address with which they sign in."),
    "key": noted("Use small letters, digits and hyphens for the short name, at most 60."),
    "name": noted("Use the name of a metric, or `metric@group`."),
    "metric": noted("There is no metric `%(name)s`."),
    "metric_near": noted("There is no metric `%(name)s`; did you mean `%(near)s`?"),
    "zone": noted("There is no time zone of this name. Use one such as Asia/Shanghai."),
    "clock": noted("Give a time of day such as “08:30”."),
    "greater_than_equal": noted("`%(key)s` is at least %(ge)s."),
    "less_than_equal": noted("`%(key)s` is at most %(le)s."),
    "list_type": noted("`%(key)s` is a list: one line for each, beginning with a hyphen."),
    "too_short": noted("`%(key)s` needs at least %(min_length)s."),
    "too_long": noted("`%(key)s` takes at most %(max_length)s."),
    "model_type": noted("Here stands a mapping of keys and values."),
    "model_attributes_type": noted("Here stands a mapping of keys and values."),
    "dict_type": noted("Here stands a mapping of keys and values."),
    "date_from_datetime_parsing": noted("Give a day such as 2027-03-31."),
    "date_parsing": noted("Give a day such as 2027-03-31."),
    "date_type": noted("Give a day such as 2027-03-31."),
}


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that was most likely meant; '' when none is near."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def unknown_key(word: str, known: Collection[str], document: Document, path: Path) -> Problem:
    """An unknown key, with the one that was probably meant."""
    shown, near = word[:60], nearest(word[:60], known)
    if near:
        values = {"key": shown, "near": near}
        return Problem("Unknown key `%(key)s`; did you mean `%(near)s`?", document.at(path), values)
    values = {"key": shown, "known": ", ".join(known)}
    return Problem("Unknown key `%(key)s`; there are %(known)s.", document.at(path), values)


def problem_of(error: Mapping[str, Any], model: type[BaseModel], document: Document, path: Path) -> Problem:
    """The sentence of one error of a model; ``path`` is where its object stands."""
    told: Path = tuple(error["loc"])
    inner = _without_tags(told, document, path)
    where = (*path, *inner)
    kind = error["type"]
    if kind == "extra_forbidden":
        return unknown_key(str(inner[-1]), _names_at(model, told[:-1]), document, where)
    if kind in {"literal_error", "enum", "union_tag_invalid"}:
        return _choice(error, document, where)
    if kind == "missing":
        where = where[:-1]
    values = {"key": _last_word(inner), "languages": ", ".join(LANGUAGES), **(error.get("ctx") or {})}
    if kind in SENTENCES:
        return Problem(SENTENCES[kind], document.at(where), values)
    return Problem(AS_SAID, document.at(where), {"said": error["msg"]})


def _without_tags(told: Path, document: Document, path: Path) -> Path:
    """Where an error stands in the text: a model chosen by a tag puts the tag into the way, and no key is called so."""
    here: Any = document.data
    for part in path:
        here = here.get(part) if isinstance(here, dict) else None
    kept: list[str | int] = []
    entered = True  # whether the last part went into something; a tag follows only then
    for part in told:
        if entered and isinstance(here, dict) and part not in here and _is_tag(str(part), here):
            entered = False
            continue
        kept.append(part)
        entered, here = True, _inside(here, part)
    return tuple(kept)


def _is_tag(word: str, here: Mapping[str, Any]) -> bool:
    return here.get("kind") == word or (word == "several" and "conditions" in here)


def _inside(here: Any, part: str | int) -> Any:
    if isinstance(here, dict):
        return here.get(part)
    return here[part] if isinstance(here, list) and isinstance(part, int) and part < len(here) else None


def _last_word(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _choice(error: Mapping[str, Any], document: Document, where: Path) -> Problem:
    told = error["ctx"]
    expected, given = str(told.get("expected") or told["expected_tags"]), str(told.get("tag", error["input"]))[:60]
    near = nearest(given, expected.replace("'", "").replace(" or ", ", ").split(", "))
    if near:
        values = {"given": given, "near": near}
        return Problem("`%(given)s` is not offered; did you mean `%(near)s`?", document.at(where), values)
    values = {"given": given, "expected": expected.replace("'", "`")}
    return Problem("`%(given)s` is not offered; there are %(expected)s.", document.at(where), values)


def _names_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the model at ``path`` inside ``model`` knows; of several the one whose tag comes next."""
    models = [model]
    for part in path:
        if isinstance(part, int):
            continue
        tagged = [one for one in models if len(models) > 1 and getattr(one, "tag", "") == part]
        models = tagged or [found for one in models for found in _models_of(one, str(part))]
        if not models:
            return []
    return [one.alias or name for name, one in models[0].model_fields.items()]


def _models_of(model: type[BaseModel], name: str) -> list[type[BaseModel]]:
    field = model.model_fields.get(name)
    return _models_in(field.annotation) if field else []


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for one in get_args(annotation) for found in _models_in(one)]
