"""Foreign keys follow the layers, facts keep their examples, and every route has its door."""

import json
from collections.abc import Iterable
from typing import NamedTuple

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from hearth.core.facts import FactSchema, schemas
from hearth.core.routing import table
from tests.architecture.sources import HOUSE

LAYERS = (
    ("core",),
    ("ui",),
    ("people",),
    ("groups",),
    ("notify",),
    ("conversation", "recognition"),
    ("carriers",),
    ("content", "activation", "gatherings", "moderation", "growth", "commerce", "voice"),
    ("automation", "insight", "blueprint"),
    ("portal", "console", "api", "cli"),
    ("project",),
)
HEIGHT = {module: height for height, layer in enumerate(LAYERS) for module in layer}


class Key(NamedTuple):
    """A foreign key (or one-to-one, many-to-many): owner module, field, module it points to, its related_name."""

    owner: str
    field: str
    target: str
    related_name: str | None


def keys_of_the_house() -> Iterable[Key]:
    """Every relation that one of our tables declares."""
    for model in apps.get_models(include_auto_created=False):
        owner = model._meta.app_label
        if not model.__module__.startswith("hearth."):
            continue
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if field.is_relation and field.related_model is not None:
                target = field.related_model
                if target.__module__.startswith("hearth."):
                    name = field.remote_field.related_name
                    yield Key(owner, f"{model.__name__}.{field.name}", target._meta.app_label, name)


def wrong_keys(keys: Iterable[Key]) -> list[str]:
    """Keys that point up or sideways, and keys into other modules that leave a name there."""
    said = []
    for key in keys:
        if key.owner == key.target:
            continue
        if HEIGHT[key.target] >= HEIGHT[key.owner]:
            said.append(f"{key.owner}.{key.field} points to {key.target}, which does not stand below; turn it round")
        if key.related_name is None or not key.related_name.endswith("+"):
            said.append(f'{key.owner}.{key.field} leaves a name in {key.target}; give it related_name="+"')
    return said


def test_keys_point_down_and_leave_no_name_behind():
    breaches = wrong_keys(keys_of_the_house())
    assert breaches == [], "\n" + "\n".join(breaches)


@pytest.mark.parametrize(
    ("key", "word"),
    [
        (Key("people", "Member.group", "groups", "+"), "turn it round"),
        (Key("conversation", "Message.points", "recognition", "+"), "turn it round"),
        (Key("groups", "Membership.member", "people", None), 'related_name="+"'),
        (Key("groups", "Membership.member", "people", "memberships"), 'related_name="+"'),
    ],
)
def test_negative_control_wrong_keys_are_named(key: Key, word: str):
    assert word in wrong_keys([key])[0]


def wrong_examples(declared: Iterable[FactSchema], examples: dict[str, dict]) -> list[str]:
    """Fact versions without a stored example that still parses."""
    said = []
    for schema in declared:
        key = f"{schema.name}/{schema.version}"
        if key not in examples:
            said.append(f"{key} has no example in tests/fact_examples.json of its module")
            continue
        try:
            schema.parse(examples[key])
        except TypeError as error:
            said.append(f"{key} cannot read its stored example ({error}); make a new version instead")
    return said


def stored_examples() -> dict[str, dict]:
    """All examples of all modules: ``name/version`` → data."""
    told: dict[str, dict] = {}
    for file in sorted(HOUSE.glob("*/tests/fact_examples.json")):
        told |= json.loads(file.read_text(encoding="utf-8"))
    return told


def declared_facts() -> list[FactSchema]:
    """The facts of the house, without those that tests declare for themselves."""
    return [schema for schema in schemas if schema.type.__module__.endswith(".facts")]


def test_every_fact_version_still_reads_its_stored_example():
    breaches = wrong_examples(declared_facts(), stored_examples())
    assert breaches == [], "\n" + "\n".join(breaches)


def test_negative_control_a_changed_fact_is_found():
    schema = next(schema for schema in declared_facts() if schema.type.__dataclass_fields__)
    key = f"{schema.name}/{schema.version}"
    assert "no example" in wrong_examples([schema], {})[0]
    assert "cannot read" in wrong_examples([schema], {key: {"a_value_it_no_longer_has": 1}})[0]


def test_every_stored_example_belongs_to_a_fact():
    assert set(stored_examples()) <= {f"{schema.name}/{schema.version}" for schema in schemas}


def route_names(resolver: URLResolver, space: str = "") -> Iterable[str]:
    """The full names of all routes, ``''`` for one without a name."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else ""
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from route_names(pattern, inner)


def wrong_doors(routes: Iterable[str], doors: Iterable[str]) -> list[str]:
    """Routes without a row, rows without a route."""
    routes, doors = set(routes), set(doors)
    said = [f"route {name or '(without a name)'} has no row in the table of doors" for name in sorted(routes - doors)]
    return said + [f"door {name} leads nowhere; take its row away" for name in sorted(doors - routes)]


def test_every_route_has_its_door_and_every_door_its_route():
    breaches = wrong_doors(route_names(get_resolver()), table())
    assert breaches == [], "\n" + "\n".join(breaches)


def test_negative_control_missing_doors_are_named():
    assert wrong_doors(["groups:page", ""], ["groups:gone"]) == [
        "route (without a name) has no row in the table of doors",
        "route groups:page has no row in the table of doors",
        "door groups:gone leads nowhere; take its row away",
    ]
