"""``hearth export``: a community as one YAML file or as a folder of them."""

import os
import sys
from pathlib import Path

from hearth.blueprint.queries import export_onto, exported
from hearth.blueprint.queries.exporting import Export
from hearth.blueprint.rules.writing import Home, in_folder
from hearth.cli.blueprint import NOTHING, Screen, called, contents, mistakes, screen
from hearth.core.permissions import Actor, house_actor
from hearth.core.tenancy import community_scope


def export(*, community: str, out: str) -> int:
    """Print a community as YAML, or write it to ``out``: a folder where it is one or ends with a slash, else a file.

    What is there keeps its comments and its order.
    """
    here = screen()
    found = called(community)
    if found is None:
        return here.warn(f"There is no community called {community!r}.")
    path = Path(out)
    with community_scope(found):
        actor = house_actor(found.pk)
        if not out:
            sys.stdout.write(exported(actor)[0])
            return NOTHING
        if path.is_dir() or out.endswith(("/", os.sep)):
            return _written(here, actor, path, contents(path) if path.exists() else [])
        standing = [(path.name, path.read_bytes())] if path.exists() else []
        return _written(here, actor, path.parent, standing, lambda _shape, _key: path.name)


def _written(
    screen: Screen, actor: Actor, folder: Path, standing: list[tuple[str, bytes]], home: Home = in_folder
) -> int:
    there = {name: raw for name, raw in standing if raw.strip()}
    made = export_onto(actor, there, home)
    if made.problems:
        return mistakes(screen, made.problems)
    for name, text in made.files.texts.items():
        _write(folder / name, text, there.get(name, b""))
        screen.say(f"{'~' if name in there else '+'} {name}", "yellow" if name in there else "green")
    for name in made.files.gone:
        (folder / name).unlink()
        screen.say(f"- {name}: what it described has ended", "red")
    _say_what_is_left(screen, made)
    return NOTHING


def _write(path: Path, text: str, before: bytes) -> None:
    """Put a file there whole or not at all, with the line breaks that it had."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.resolve()
    part = whole.with_name(f".{whole.name}.part")
    part.write_text(text, encoding="utf-8", newline="\r\n" if b"\r\n" in before else "\n")
    part.replace(whole)


def _say_what_is_left(screen: Screen, made: Export) -> None:
    if not made.files.texts and not made.files.gone:
        screen.say("Everything stands there as it is.")
    for name in made.files.bare:
        screen.say(f"! {name}: what it described has ended, and nothing but its comments or its name is left", "yellow")
    if made.unnamed:
        named = ", ".join(made.unnamed)
        screen.say(f"! Named nowhere there, so left out: {named}. `{made.unnamed[0]}: {{}}` brings it in.", "yellow")
