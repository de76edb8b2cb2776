"""Who imports whom across modules: only public files. Built on grimp, so that the sentence can say what to do."""

import grimp
import pytest

PUBLIC = {"services", "queries", "access", "rules", "facts", "types", "errors", "registry"}
GROUND = {"kit", "core", "ui"}  # all their files are public, except those that begin with an underscore
INSTEAD = {
    "models": "ask its queries or services, or let a registry of the lower module call back",
    "handlers": "react to the fact yourself",
    "jobs": "queue the job by name with hearth.core.jobs.enqueue",
    "web": "link to the route, or register a panel",
}

# Named exceptions: importer → why it may take tables of other modules. One that is not needed any more is a breach.
PAST = "writes the demo's past as rows: services know only the present, and a past made by them would carry wrong times"
LOADERS = ("load", "load_desk", "load_doors", "load_people", "load_talk", "load_value")
TABLES_ALLOWED = dict.fromkeys((f"hearth.project.demo.{name}" for name in LOADERS), PAST)

Import = tuple[str, str]


def private_imports(imports: list[Import]) -> list[str]:
    """The breaches among (importer, imported), both dotted names below ``hearth``."""
    said = []
    for importer, imported in imports:
        here, there = importer.split("."), imported.split(".")
        if "tests" in here or len(there) < 2 or here[1] == there[1]:
            continue
        if there[1] in GROUND:
            if any(part.startswith("_") for part in there[2:]):
                said.append(f"{importer} imports {imported}, which is private to {there[1]}")
        elif len(there) < 3 or there[2] not in PUBLIC:
            if importer in TABLES_ALLOWED and there[2:3] == ["models"]:
                continue
            word = INSTEAD.get(there[2] if len(there) > 2 else "", f"only {', '.join(sorted(PUBLIC))} are public")
            said.append(f"{importer} imports {imported}: {word}")
    return said


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    """Every direct import inside the house."""
    graph = grimp.build_graph("hearth", cache_dir=None, exclude_type_checking_imports=True)
    return [(module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)]


def test_modules_import_only_each_others_public_files(imports: list[Import]):
    breaches = sorted(private_imports(imports))
    assert breaches == [], "\n" + "\n".join(breaches)


def test_every_exception_is_needed(imports: list[Import]):
    needed = {here for here, there in imports if here in TABLES_ALLOWED and ".models" in there and "core" not in there}
    assert needed == set(TABLES_ALLOWED)


@pytest.mark.parametrize(
    ("importer", "imported", "word"),
    [
        ("hearth.notify.services", "hearth.groups.models", "ask its queries"),
        ("hearth.notify.services", "hearth.groups.models.group", "ask its queries"),
        ("hearth.portal.pages", "hearth.groups.web.portal", "link to the route"),
        ("hearth.notify.services", "hearth.groups", "only access"),
        ("hearth.notify.services", "hearth.core._private", "private to core"),
    ],
)
def test_negative_control_private_imports_are_named(importer: str, imported: str, word: str):
    assert word in private_imports([(importer, imported)])[0]


def test_public_files_may_be_imported():
    assert private_imports([("hearth.notify.services", "hearth.groups.services.joining")]) == []
    assert private_imports([("hearth.notify.services", "hearth.core.models.fact")]) == []
    assert private_imports([("hearth.groups.tests.test_x", "hearth.notify.models")]) == []
