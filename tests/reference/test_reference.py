"""Generated pages are fresh, every variable is told, and links in the documentation lead somewhere."""

import ast
import re
from pathlib import Path

import pytest

from hearth.cli.main import app
from hearth.core.facts import schemas
from hearth.core.metrics import metrics
from hearth.core.permissions import permissions
from hearth.insight.rules.catalogue import OVERRIDES
from hearth.project.configuration import VARIABLES
from hearth.project.reference import pages, reference
from tests.architecture.sources import HOUSE, ROOT, python_files

DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", sorted(pages(app)))
def test_the_generated_page_is_fresh(name: str):
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == pages(app)[name], "run `make reference`"


def test_negative_control_a_stale_page_is_found(tmp_path: Path):
    assert reference(commands=app, folder=tmp_path, check=True) == 1
    assert list(tmp_path.iterdir()) == []
    assert reference(commands=app, folder=tmp_path, check=False) == 0
    assert reference(commands=app, folder=tmp_path, check=True) == 0
    (tmp_path / "facts.md").write_text("old")
    assert reference(commands=app, folder=tmp_path, check=True) == 1


def test_everything_registered_is_told():
    told = pages(app)
    declared = [schema for schema in schemas if ".tests." not in schema.type.__module__]
    assert {schema.name.partition(".")[0] for schema in declared} >= {"groups", "people", "blueprint"}
    assert all(f"`{schema.name}`" in told["facts.md"] for schema in declared)
    assert all(f"`{permission.key}`" in told["permissions.md"] for permission in permissions)
    assert all(f"`{metric.name}`" in told["metrics.md"] for metric in [*OVERRIDES, *metrics])


def variables_read() -> set[str]:
    """Names of environment variables that the code asks for."""
    asking, found = {"get", "flag", "number", "words", "secret", "Option"}, set()
    for file in python_files(HOUSE):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called.split(".")[-1] not in asking or (called.endswith(".get") and "environ" not in called):
                continue
            values = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "envvar")]
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    name = f"HEARTH_{value.value.upper()}" if called.endswith("secret") else value.value
                    if re.fullmatch(r"[A-Z][A-Z_]+", name):
                        found.add(name)
    return found


# Between our own processes, and in tests.
OWN_BUSINESS = {"HEARTH_PARENT", "HEARTH_TEST_DB", "DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER"}


def test_every_variable_that_is_read_is_told_and_none_besides():
    assert variables_read() - OWN_BUSINESS == {variable.name for variable in VARIABLES}


LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda page: str(page.relative_to(ROOT))
)
def test_links_lead_somewhere(page: Path):
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert broken == []
