"""Built assets are committed; Python alone can tell whether they are fresh."""

import hashlib
import json
import re
from pathlib import Path

from hearth.ui.types import TEMPERATURES

ROOT = Path(__file__).parents[3]
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "hearth" / "ui" / "static" / "ui"
TEMPLATES = sorted(path for path in (ROOT / "hearth").rglob("templates/**/*.html") if "mail" not in path.parts)
SOURCES = ["build.mjs", "package.json", "package-lock.json", "icons.txt", "css", "js"]
REBUILD = "run `make assets` and commit hearth/ui/static/ui"


def inputs_digest() -> str:
    told = hashlib.sha256()
    for name in SOURCES:
        path = FRONTEND / name
        for file in [path] if path.is_file() else sorted(found for found in path.rglob("*") if found.is_file()):
            told.update(f"{file.relative_to(FRONTEND).as_posix()}\0".encode())
            told.update(file.read_bytes())
    return told.hexdigest()


def test_the_built_assets_are_fresh() -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text())
    assert manifest["inputs"] == inputs_digest(), f"frontend/ changed: {REBUILD}"
    built = {name: hashlib.sha256((BUILT / name).read_bytes()).hexdigest() for name in manifest["outputs"]}
    assert built == manifest["outputs"], f"a built file was edited by hand: {REBUILD}"


def test_every_class_that_a_template_names_has_a_rule() -> None:
    css = (BUILT / "hearth.css").read_text().replace("\\", "") + (ROOT / "hearth/ui/sheet.css").read_text()
    named: dict[str, str] = {}
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " \0 ", path.read_text(), flags=re.DOTALL)
        for classes in re.findall(r'\sclass="([^"]*)"', text):
            words = classes.split()
            for at, word in enumerate(words):
                beside = words[max(0, at - 1) : at + 2]
                if "\0" not in beside and "\0" not in word:
                    named.setdefault(word, path.relative_to(ROOT).as_posix())
    ruled = set(re.findall(r"\.([a-zA-Z][\w:./-]*)", css))
    ruled |= {rule.rpartition(":")[0] for rule in ruled}
    bare = {
        word: where
        for word, where in named.items()
        if word not in ruled and word not in HOOKS and (where.startswith("hearth/ui/") or UTILITY.match(word))
    }
    assert bare == {}, f"no rule for these classes: use one of docs/guides/design.md, or {REBUILD}"


UTILITY = re.compile(
    r"(sm:|md:|lg:|hover:)?(-?[mp][trblxyse]?|gap(-[xy])?|text|font|bg|rounded|grid-cols|col-span|flex|items|justify|self"
    r"|[wh]|size|(max|min)-[wh]|space-[xy]|line-clamp|leading|tracking)-[\w./\[\]%-]+$"
)
HOOKS = {
    "progress-box", "label", "end", "name", "author", "who", "text", "under", "number", "drawing", "titles", "list",
    "console-main", "nothing", "place", "keep", "warm", "range", "errorlist",
}  # fmt: skip


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (BUILT / "icons.svg").read_text()))
    used = {shown.icon for shown in TEMPERATURES.values()}
    for path in TEMPLATES:
        used |= set(re.findall(r'\{% icon "([\w-]+)"', path.read_text()))
        used |= set(re.findall(r'<c-[\w-]+[^>]*?\sicon="([\w-]+)"', path.read_text()))
    assert used - sprite == set(), "add them to frontend/icons.txt and run `make assets`"


def test_the_mark_is_drawn_for_every_place_it_is_shown() -> None:
    wanted = ["mark.svg", "favicon.svg", "apple-touch-icon.png"]
    wanted += [f"{kind}-{size}.png" for kind in ("icon", "maskable") for size in (192, 512)]
    assert [name for name in wanted if not (BUILT / name).is_file()] == []
