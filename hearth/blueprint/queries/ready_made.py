"""The blueprints that come along, as what a draft may begin from."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from hearth.blueprint.queries.plans import read_blueprint
from hearth.kit.described import Objects

_INSTALLED = Path(__file__).parents[1] / "ready_made"
_CHECKED_OUT = Path(__file__).parents[3] / "blueprints"
GROUP = {"space": "general", "visibility": "listed"}  # what a group is where its blueprint says nothing


@cache
def ready_made(kind: str) -> Mapping[str, Objects]:
    """The parts of a ready-made blueprint; nobody changes what is handed out."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT
    description, problems = read_blueprint([(kind, (folder / f"{kind}.yaml").read_bytes())])
    if problems:
        raise ValueError(f"the ready-made blueprint {kind} has mistakes: {problems[0]}")
    parts = {key: part.objects for key, part in description.wanted.items()}
    parts["groups"] = {key: {**GROUP, **fields} for key, fields in parts["groups"].items()}
    return parts
