from pathlib import Path

from hearth.carriers.registry import load_importers
from hearth.carriers.rules.headers import FIELDS
from hearth.carriers.rules.reasons import TEMPLATES

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "importers.md"


def test_the_reference_names_every_code_format_and_field():
    text = REFERENCE.read_text()
    missing = [name for name in (*TEMPLATES, *load_importers(), *FIELDS) if f"`{name}`" not in text]
    assert missing == []
