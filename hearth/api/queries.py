"""The API as an OpenAPI 3.1 document, made of what the routes declare (``hearth.core.api.operation``)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from pydantic import TypeAdapter

from hearth import __version__
from hearth.core.api import Operation, Parameter
from hearth.core.middleware import API_PACE
from hearth.core.routing import API, table

SCHEMAS = "#/components/schemas/"
KINDS: dict[str, dict[str, Any]] = {
    "day": {"type": "string", "format": "date"},
    "number": {"type": "integer"},
    "word": {"type": "string"},
}
PROBLEM = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is stable; `detail` is for people, in their language.",
    "required": ["type", "title", "status", "detail", "code", "field"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "field": {"type": ["string", "null"]},
    },
}
REFUSALS = {
    "401": "`unauthenticated`: no token and not signed in. `invalid_token`: unknown, expired or revoked.",
    "403": "`scope_missing`: the token lacks the scope. `second_factor_missing`: staff without one.",
    "404": "`not_found`: not here, or not open to you.",
    "422": "`bad_parameter`, `unknown_parameter`: `field` names it.",
    "429": "`too_many`: wait as many seconds as `Retry-After` says.",
}
ABOUT = (
    "Send a token as `Authorization: Bearer hth_…`, or call it signed in. Tokens are made under Me, Tokens for "
    "programs; each has scopes and acts as its holder, with the same rights as on the pages. Answers carry an `ETag`: "
    "send it back as `If-None-Match` and an unchanged answer is 304. Words are in the language of `Accept-Language`. "
    f"A burst of {API_PACE.burst} requests, then {API_PACE.per_minute} a minute for each token or person. Within "
    "version 1 fields are added, never renamed or removed: take no offence at new ones."
)


@dataclass(frozen=True, slots=True)
class Path:
    """One route: its address as OpenAPI writes it, its name and what it declares."""

    address: str
    name: str
    operation: Operation
    scope: str


def paths() -> list[Path]:
    """Every route of the API, in the order of the resolver."""
    doors = table()
    return [
        Path(address, name, view.operation, doors[name].scope)
        for address, name, view in _walk(get_resolver(), "/", "")
        if address.startswith(API)
    ]


def _walk(resolver: URLResolver, before: str, space: str) -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        address = before + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield address, f"{space}{pattern.name}", pattern.callback
        else:
            yield from _walk(pattern, address, f"{space}{pattern.namespace}:" if pattern.namespace else space)


@cache
def document() -> dict[str, Any]:
    """The document; read it, do not change it."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    told = {one.address: {"get": _told(one, schemas)} for one in paths()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hearth", "version": __version__, "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": told,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _told(path: Path, schemas: dict[str, Any]) -> dict[str, Any]:
    made = path.operation
    content = {"application/json": {"schema": _schema(made.answer, schemas)}}
    if made.also_csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    places = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path.address)
    ]
    told: dict[str, Any] = {
        "operationId": path.name.replace(":", "-"),
        "summary": made.title,
        "description": " ".join(made.description.split()),
        "parameters": places + [_parameter(one) for one in made.parameters],
        "responses": {
            "200": {"description": "The answer.", "headers": _etag(), "content": content},
            "304": {"description": "As you have it: the `ETag` still holds.", "headers": _etag()},
        },
    }
    if path.scope:
        told["security"] = [{"token": [path.scope]}]
        told["responses"] |= {status: _refusal(status) for status in REFUSALS}
    return told


def _etag() -> dict[str, Any]:
    return {"ETag": {"schema": {"type": "string"}}}


def _refusal(status: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": SCHEMAS + "Problem"}}
    return {"description": REFUSALS[status], "content": {"application/problem+json": problem}}


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = dict(KINDS[one.kind])
    if one.choices:
        schema["enum"] = list(one.choices)
    if one.kind == "number":
        schema |= {"minimum": one.low} | ({"maximum": one.high} if one.high else {})
    if one.default is not None:
        schema["default"] = one.default
    return {"name": one.name, "in": "query", "required": False, "description": one.description, "schema": schema}


def _schema(answer: type, schemas: dict[str, Any]) -> dict[str, Any]:
    if not is_dataclass(answer):
        return {"type": "object"}
    made = TypeAdapter(answer).json_schema(ref_template=SCHEMAS + "{model}", mode="serialization")
    for name, schema in {**made.pop("$defs", {}), answer.__name__: made}.items():
        schemas[name] = _tidied(schema)
    return {"$ref": SCHEMAS + answer.__name__}


def _tidied(schema: dict[str, Any]) -> dict[str, Any]:
    """All fields are always there; the docstring as one paragraph."""
    told = " ".join(schema.get("description", "").split())
    return {**schema, "description": told, "required": list(schema["properties"])}
