"""``hearth community copy``: a whole community to new ones, each founded once and brought to its plan."""

from pathlib import Path

from hearth.blueprint.queries.community_copies import LONGEST_KEY, original_community
from hearth.blueprint.rules.reading import MOST_BYTES
from hearth.blueprint.rules.targets import read_table
from hearth.cli.blueprint import Screen
from hearth.cli.copies import copied, inside
from hearth.core.permissions import Actor


def copy_community(
    *, community: str, path: Path, sets: list[str], canary: int, strict: bool, yes: bool, as_json: bool
) -> int:
    """Copy ``community`` to the lines of ``path``: 0 all made, 2 some are left (or would be made), 1 a mistake."""
    otherwise = dict(one.partition("=")[::2] for one in sets)
    with path.open("rb") as file:
        table = read_table(path.name, file.read(MOST_BYTES + 1), longest_key=LONGEST_KEY)

    def act(here: Screen, actor: Actor) -> int:
        original = original_community(actor, otherwise)
        return copied(here, actor, original, table, canary=canary, strict=strict, yes=yes, as_json=as_json)

    return inside(community, act)
