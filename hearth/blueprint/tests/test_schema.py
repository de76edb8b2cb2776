"""The published schema says what the reader of blueprints says."""

import json

import pytest
from jsonschema import Draft202012Validator

from hearth.blueprint.queries.schema import json_schema
from hearth.blueprint.rules.reading import read_files
from tests.architecture.sources import ROOT

SCHEMA = json.loads((ROOT / "docs" / "reference" / "blueprint.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA)


def test_the_published_schema_is_that_of_the_models():
    assert json_schema() == SCHEMA


@pytest.mark.parametrize("path", sorted((ROOT / "blueprints").glob("*.yaml")), ids=lambda path: path.stem)
def test_ready_made_blueprints_fit(validator, path):
    told = read_files([(path.name, path.read_bytes())]).data
    assert [error.message for error in validator.iter_errors(told)] == []


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"hearth": 2},
        {"hearth": 1, "grups": {}},
        {"hearth": 1, "groups": {"a": {"capcity": 3}}},
        {"hearth": 1, "groups": {"a": {"capacity": "3"}}},
        {"hearth": 1, "groups": {"a": {"name": {"de": "A"}}}},
        {"hearth": 1, "staff": {"a@b.example": {"roles": ["boss"]}}},
        {"hearth": 1, "settings": {"conversation.answer_hours": "many"}},
    ],
)
def test_mistakes_do_not(validator, told):
    assert list(validator.iter_errors(told)) != []
