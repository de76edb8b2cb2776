"""The rules of ``sources``: kept by the house, and each bites on a small tree that breaks it."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import sources

RULES = {
    rule.__name__: rule
    for rule in (
        sources.pure_parts,
        sources.known_rooms,
        sources.get_model,
        sources.signals,
        sources.naive_times,
        sources.raw_queries_at_the_edge,
        sources.foreign_templates,
        sources.patched_tests,
        sources.long_files,
        sources.long_functions,
        sources.module_docstrings,
    )
}

# Rule → files of a tree that breaks it, and the place that must be named.
BROKEN = {
    "pure_parts": ({"hearth/groups/rules/gates.py": "from django.utils import timezone\n"}, "groups/rules/gates.py:1"),
    "known_rooms": ({"hearth/groups/__init__.py": "", "hearth/groups/helpers.py": ""}, "groups/helpers"),
    "get_model": (
        {"hearth/groups/services.py": "from django.apps import apps\nM = apps.get_model('people', 'Member')\n"},
        "groups/services.py:2",
    ),
    "signals": (
        {"hearth/notify/handlers.py": "from django.dispatch import receiver\n@receiver(x)\ndef f(): ...\n"},
        "notify/handlers.py:1",
    ),
    "naive_times": (
        {"hearth/groups/services.py": "from datetime import datetime\nat = datetime.now()\n"},
        "groups/services.py:2",
    ),
    "raw_queries_at_the_edge": (
        {"hearth/groups/web/portal.py": "def f(r, pk):\n    return Group.objects.get(pk=pk)\n"},
        "groups/web/portal.py:2",
    ),
    "foreign_templates": (
        {"hearth/groups/templates/groups/page.html": "{% extends 'ui/base.html' %}\n{% include 'people/card.html' %}\n",
         "hearth/people/__init__.py": ""},
        "page.html:2",
    ),
    "patched_tests": (
        {"hearth/groups/tests/test_x.py": "def test_x(monkeypatch):\n    monkeypatch.setattr('hearth.kit.x', f)\n"},
        "test_x.py:2",
    ),
    "long_files": ({"hearth/groups/services.py": "x = 1\n" * 401}, "groups/services.py has 401 lines"),
    "long_functions": ({"hearth/groups/services.py": "def f():\n" + "    x = 1\n" * 60}, "services.py:f has 61 lines"),
    "module_docstrings": ({"hearth/groups/__init__.py": '"""Groups."""\n'}, "groups/__init__.py"),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _trees_are_no_garbage() -> Iterator[None]:
    """Looking for garbage in the trees of all files takes longer than reading them."""
    gc.collect()
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.mark.parametrize("name", RULES)
def test_the_house_keeps(name: str):
    breaches = RULES[name](sources.HOUSE)
    assert breaches == [], "\n" + "\n".join(breaches)


@pytest.mark.parametrize("name", RULES)
def test_negative_control_of(name: str, tmp_path: Path):
    files, place = BROKEN[name]
    for path, text in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    breaches = RULES[name](tmp_path / "hearth")
    assert any(place in breach for breach in breaches), breaches


def test_an_exception_that_is_not_needed_any_more_is_a_breach(tmp_path: Path):
    (tmp_path / "hearth").mkdir()
    assert len(sources.long_files(tmp_path / "hearth", {"hearth/gone.py": "was long"})) == 1
    assert len(sources.long_functions(tmp_path / "hearth", {"hearth/gone.py:f": "was long"})) == 1


def test_every_exception_says_why():
    assert all(len(reason) > 20 for reason in (*sources.LONG_FILES.values(), *sources.LONG_FUNCTIONS.values()))


def test_a_test_may_patch_what_is_not_ours(tmp_path: Path):
    file = tmp_path / "hearth/groups/tests/test_x.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "def test_x(monkeypatch):\n    monkeypatch.setenv('A', 'b')\n    monkeypatch.setattr(socket, 'x', 1)\n"
    )
    assert sources.patched_tests(tmp_path / "hearth") == []
