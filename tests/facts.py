"""The promise of every fact version: a stored example of it still parses."""

import json
from pathlib import Path

from hearth.core.facts import field_names, schemas


def check_examples(module: str, file: Path) -> None:
    """Every declared fact version of a module has an example beside its tests, with exactly its fields."""
    examples = json.loads(file.read_text())
    declared = {key: schema for key, schema in schemas.items() if schema.name.startswith(f"{module}.")}
    assert set(declared) <= set(examples), f"no stored example for {sorted(set(declared) - set(examples))}"
    for key, data in examples.items():
        schema = declared[key]
        assert sorted(data) == sorted(field_names(schema)), key
        assert schema.parse(data).fact_name == schema.name
