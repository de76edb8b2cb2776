"""Translations: finds every string people read, keeps the catalogues in step, and says what is missing.

    python -m tools.messages            # update and compile hearth/locale from the sources
    python -m tools.messages --check    # say what is missing or stale, change nothing
    python -m tools.messages --take F…  # also take translations from CSV files (msgid, zh_Hans, zh_Hant)

Plain Python on purpose: GNU gettext does not know our own declarations (refusals, settings, permissions, metrics) and
is not on every machine.
"""

import argparse
import ast
import csv
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "hearth"
LOCALES = {"zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}
GETTEXT = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "N_": 1,
    "noted": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
}
CONTEXT = {"pgettext", "pgettext_lazy"}
# Our own declarations: name of the call → positions and keywords that hold sentences.
DECLARATIONS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "declare": ((1,), ("title", "help")),
    "permission": ((1,), ("title",)),
    "job": ((), ("title",)),
    "notice_reason": ((1,), ("sentence",)),
    "ConsentPurpose": ((2, 3), ("title", "text")),
    "TokenScope": ((1,), ("title",)),
    "Problem": ((0,), ()),
    "section": ((), ("title",)),
}
_QUOTED = r"(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(u?({_QUOTED}(?:\s*,\s*u?{_QUOTED})*)")


@dataclass(frozen=True, slots=True)
class Found:
    """One string to translate."""

    msgid: str
    plural: str = ""
    context: str = ""


def sources() -> Iterator[Path]:
    """Every file that may hold strings people read."""
    for path in sorted(SOURCES.rglob("*")):
        told = path.relative_to(SOURCES).parts
        if path.suffix in {".py", ".html", ".txt", ".webmanifest", ".svg"} and not {"tests", "migrations"} & set(told):
            yield path


def extract() -> dict[Found, list[str]]:
    """Every string with the files it stands in."""
    found: dict[Found, list[str]] = {}
    for path in sources():
        strings = in_python(path.read_text("utf-8")) if path.suffix == ".py" else in_template(path.read_text("utf-8"))
        for string in strings:
            found.setdefault(string, []).append(str(path.relative_to(ROOT)))
    return found


@cache
def refusals() -> frozenset[str]:
    """The name of every class of refusals: whichever is raised with a sentence of its own, people read it."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sources() if path.suffix == ".py"]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {node.name: {base.id for base in node.bases if isinstance(base, ast.Name)} for node in classes}
    found, grown = {"Refusal"}, True
    while grown:
        more = {name for name, above in bases.items() if above & found} - found
        found, grown = found | more, bool(more)
    return frozenset(found)


def in_python(text: str) -> Iterator[Found]:
    """Strings in calls of gettext, in our declarations, and sentences of refusals."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.ClassDef):
            for line in node.body:
                if isinstance(line, ast.Assign) and any(
                    isinstance(name, ast.Name) and name.id == "sentence" for name in line.targets
                ):
                    yield from _literals([line.value])


def _in_call(node: ast.Call) -> Iterator[Found]:
    name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
    if name in CONTEXT and len(node.args) == 2:
        context, msgid = (list(_literals([arg])) for arg in node.args)
        if context and msgid:
            yield Found(msgid[0].msgid, context=context[0].msgid)
    elif GETTEXT.get(name) == 1:
        yield from _literals(node.args[:1])
    elif GETTEXT.get(name) == 2:
        pair = list(_literals(node.args[:2]))
        if len(pair) == 2:
            yield Found(pair[0].msgid, plural=pair[1].msgid)
    elif name in refusals():
        yield from _literals(node.args[:1])
    elif name in DECLARATIONS:
        positions, keywords = DECLARATIONS[name]
        yield from _literals([node.args[i] for i in positions if i < len(node.args)])
        yield from _literals([word.value for word in node.keywords if word.arg in keywords])


def _literals(nodes: list[ast.expr]) -> Iterator[Found]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield Found(node.value)


def in_template(text: str) -> Iterator[Found]:
    """Strings in {% trans %}, {% blocktrans %} and _("…") of a template."""
    from django.utils.translation.template import templatize  # noqa: PLC0415  only templates need Django

    for call, arguments in _IN_TEMPLATE.findall(templatize(text)):
        values = ast.literal_eval(f"({arguments},)")
        if "p" in call.replace("gettext", ""):
            yield Found(values[1], context=values[0])
        elif call == "ngettext":
            yield Found(values[0], plural=values[1])
        else:
            yield Found(values[0])


def catalogue(locale: str) -> polib.POFile:
    """The stored catalogue of a locale; a new one where there is none."""
    path = SOURCES / "locale" / locale / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=118)
    po = polib.POFile(wrapwidth=118)
    po.metadata = {
        "Project-Id-Version": "Hearth",
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return po


def renewed(locale: str, found: dict[Found, list[str]], given: dict[str, str]) -> polib.POFile:
    """The catalogue with exactly the strings in use, keeping translations and taking ``given`` ones."""
    old = {(entry.msgid, entry.msgctxt or ""): entry for entry in catalogue(locale)}
    po = catalogue(locale)
    po.clear()
    for string, files in sorted(found.items(), key=lambda item: (item[0].msgid, item[0].context)):
        before = old.get((string.msgid, string.context))
        text = given.get(string.msgid) or _translation(before)
        entry = polib.POEntry(msgid=string.msgid, occurrences=[(file, "") for file in sorted(set(files))])
        if string.context:
            entry.msgctxt = string.context
        if string.plural:
            entry.msgid_plural, entry.msgstr_plural = string.plural, {0: text}
        else:
            entry.msgstr = text
        if re.search(r"%\(\w+\)s", string.msgid + string.plural):
            entry.flags = ["python-format"]
        po.append(entry)
    return po


def _translation(entry: polib.POEntry | None) -> str:
    if entry is None:
        return ""
    return str(entry.msgstr or entry.msgstr_plural.get(0, ""))


def faults_of(locale: str, found: dict[Found, list[str]]) -> list[str]:
    """What is wrong with a catalogue: untranslated, unknown, or with other placeholders than the original."""
    entries = {(entry.msgid, entry.msgctxt or ""): entry for entry in catalogue(locale)}
    faults = []
    for string, files in found.items():
        text = _translation(entries.get((string.msgid, string.context)))
        if not text:
            faults.append(f"{locale}: no translation of {string.msgid!r} ({files[0]})")
        elif _placeholders(text) - _placeholders(string.msgid + string.plural):
            faults.append(f"{locale}: placeholders of {string.msgid!r} differ in {text!r}")
    stale = set(entries) - {(string.msgid, string.context) for string in found}
    return faults + [f"{locale}: {msgid!r} is used nowhere any more" for msgid, _context in sorted(stale)]


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))


def given_in(files: list[str]) -> dict[str, dict[str, str]]:
    """Translations handed over in CSV files, by locale."""
    given: dict[str, dict[str, str]] = {locale: {} for locale in LOCALES}
    for name in files:
        with Path(name).open(newline="", encoding="utf-8-sig") as lines:
            for row in csv.DictReader(lines):
                for locale in LOCALES:
                    if row.get(locale):
                        given[locale][row["msgid"]] = row[locale]
    return given


def main() -> int:
    """Run from the command line; 1 when something is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--take", nargs="*", default=[])
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    found, given = extract(), given_in(asked.take)
    if not asked.check:
        for locale in LOCALES:
            po = renewed(locale, found, given[locale])
            folder = SOURCES / "locale" / locale / "LC_MESSAGES"
            folder.mkdir(parents=True, exist_ok=True)
            po.save(str(folder / "django.po"))
            po.save_as_mofile(str(folder / "django.mo"))
    faults = [fault for locale in LOCALES for fault in faults_of(locale, found)]
    print("\n".join(faults) or f"{len(found)} strings in {len(LOCALES) + 1} languages, none missing")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
