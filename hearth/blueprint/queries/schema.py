"""The format of blueprints for editors and readers: JSON Schema and tables, from the models that read it."""

from typing import Any

from hearth.blueprint.queries.plans import shapes
from hearth.blueprint.rules.checking import HEAD, KEEP_OTHERS, LIKE
from hearth.blueprint.types import FORMAT
from hearth.core.sections import sections
from hearth.kit.described import Shape


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a blueprint."""
    definitions: dict[str, Any] = {}
    properties: dict[str, Any] = {HEAD: {"const": FORMAT, "description": "The version of the format."}}
    for shape in shapes():
        properties[shape.key] = _part(shape, definitions) | {"description": sections[shape.key].help}
        if shape.templates:
            properties[shape.templates] = _templates(shape, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A community as a blueprint of Hearth",
        "type": "object",
        "required": [HEAD],
        "additionalProperties": False,
        "properties": properties,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    told = shape.model().model_json_schema(ref_template="#/$defs/{model}")
    definitions.update({name: _without_noise(inner) for name, inner in told.pop("$defs", {}).items()})
    made: dict[str, Any] = _without_noise(told)
    if shape.templates:
        made["properties"] = {LIKE: {"type": "string", "description": f"A template under `{shape.templates}`."}} | made[
            "properties"
        ]
    return made


def _part(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    one = _object(shape, definitions)
    if not shape.keyed:
        return one
    definitions[shape.key] = one
    return {
        "type": "object",
        "properties": {KEEP_OTHERS: {"type": "boolean", "description": "Leave alone what is not named here."}},
        "additionalProperties": {"anyOf": [{"$ref": f"#/$defs/{shape.key}"}, {"type": "null"}]},
    }


def _templates(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"What `{LIKE}` under `{shape.key}` takes.",
        "additionalProperties": {"$ref": f"#/$defs/{shape.key}"},
    }


def _without_noise(told: Any) -> Any:
    """A schema without titles made from field names, and without defaults that only the community knows."""
    if isinstance(told, list):
        return [_without_noise(one) for one in told]
    if not isinstance(told, dict):
        return told
    kept = {key: value for key, value in told.items() if not (key == "title" and isinstance(value, str))}
    if kept.get("default") in ("", {}, []):
        kept.pop("default", None)
    return {key: _without_noise(value) for key, value in kept.items()}


def tables() -> list[tuple[str, str, str, list[tuple[str, str, str, str]]]]:
    """(key, title, help, rows) of every part; a row is field, values, default, meaning."""
    found = []
    for shape in shapes():
        definitions: dict[str, Any] = {}
        told = _object(shape, definitions)
        rows = [_row(name, one, shape.needed) for name, one in told["properties"].items()]
        for inner in definitions.values():
            kind = inner["properties"].get("kind", {}).get("const", "")
            told_of = f"… {kind} " if kind else "… "
            rows += [_row(told_of + name, one, ()) for name, one in inner["properties"].items() if name != "kind"]
        declared = sections[shape.key]
        found.append((shape.key, declared.title, declared.help, rows))
    return found


def _row(name: str, told: dict[str, Any], needed: tuple[str, ...]) -> tuple[str, str, str, str]:
    default = told.get("default")
    shown = "needed in a new one" if name in needed else "" if default is None else f"`{default}`"
    return f"`{name}`", _values(told), shown, told.get("description", "")


def _values(told: dict[str, Any]) -> str:
    if "enum" in told:
        return ", ".join(f"`{value}`" for value in told["enum"])
    if "anyOf" in told:
        return _any_of(told["anyOf"])
    if "$ref" in told or "oneOf" in told:
        return "mapping"
    if told.get("type") == "array":
        return f"list of {_values(told['items'])}"
    limits = [f"{word} {told[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in told]
    known = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}
    return " ".join([told.get("format") or known.get(told.get("type", ""), "text"), *limits])


def _any_of(options: list[dict[str, Any]]) -> str:
    if any(one.get("properties", {}).keys() >= {"en"} for one in options):
        return f"text, or one for each language; at most {options[0]['maxLength']} characters"
    return " or ".join(_values(one) for one in options)
