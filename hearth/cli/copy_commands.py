"""``hearth copy`` and ``hearth copies`` with their options; what they do stands in ``hearth.cli.copies``."""

from pathlib import Path
from typing import Annotated

import typer

from hearth.cli.doing import do_with_django

copies_app = typer.Typer(help="Batches of copies: how far they are, and the way back.", no_args_is_help=True)

Community = Annotated[str, typer.Option(help="The community's key; the first one where none is named.")]
Number = Annotated[int, typer.Argument(help="The number of the batch.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

SET_HELP = "Say a field otherwise: name='Cardiology {city}', name:zh-hans=…. May be repeated."
Sets = Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)]
Canary = Annotated[int, typer.Option(help="Make so many first and ask; 0 makes all at once.", min=0)]
KeepGoing = Annotated[bool, typer.Option("--keep-going", help="Do not stop at a copy that is refused.")]


def copy(
    group: Annotated[str, typer.Argument(help="The key of the group to copy.")],
    to: Annotated[
        Path,
        typer.Option(
            help="A CSV file: a line for each copy, with its `key` and what texts need.", exists=True, dir_okay=False
        ),
    ],
    community: Community = "",
    sets: Sets = None,
    canary: Canary = 1,
    keep_going: KeepGoing = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Copy a group with its norms, texts and goals to many others. Killed and run again, it goes on."""
    do_with_django(
        "hearth.cli.copies",
        "copy",
        group=group,
        community=community,
        path=to,
        sets=sets or [],
        canary=canary,
        strict=not keep_going,
        yes=yes,
        as_json=as_json,
    )


def community_copy(
    community: Annotated[str, typer.Argument(help="The key of the community to copy.")],
    to: Annotated[
        Path, typer.Option(help="A CSV file: one line for each community, with its `key`.", exists=True, dir_okay=False)
    ],
    sets: Sets = None,
    canary: Canary = 1,
    keep_going: KeepGoing = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Copy a whole community to new ones; a column `admin` names who runs each. Killed and run again, it goes on."""
    do_with_django(
        "hearth.cli.community_copies",
        "copy_community",
        community=community,
        path=to,
        sets=sets or [],
        canary=canary,
        strict=not keep_going,
        yes=yes,
        as_json=as_json,
    )


@copies_app.command("list")
def copies_list(community: Community = "") -> None:
    """List the batches of copies, the newest first."""
    do_with_django("hearth.cli.copies", "list_batches", community=community)


@copies_app.command("go-on")
def copies_go_on(
    number: Number,
    community: Community = "",
    leave_out: Annotated[bool, typer.Option("--leave-out", help="Pass over what was refused.")] = False,
) -> None:
    """Make what is left of a batch."""
    do_with_django("hearth.cli.copies", "go_on_with", number=number, community=community, leave_out=leave_out)


@copies_app.command("roll-back")
def copies_roll_back(
    number: Number,
    community: Community = "",
    also_living: Annotated[bool, typer.Option("--also-living", help="Close those too in which members write.")] = False,
    yes: Yes = False,
) -> None:
    """Close the copies of a batch; none is deleted."""
    do_with_django(
        "hearth.cli.copies", "roll_back", number=number, community=community, also_living=also_living, yes=yes
    )


Original = Annotated[
    str, typer.Argument(help="The key of the group that was copied; the whole community where none is named.")
]


@copies_app.command("report")
def copies_report(group: Original = "", community: Community = "", as_json: Json = False) -> None:
    """Say how copies drifted from their original. Exits with 0: nothing differs, 2: something does."""
    do_with_django("hearth.cli.copy_reports", "report", group=group, community=community, as_json=as_json)


@copies_app.command("update")
def copies_update(
    group: Original = "",
    community: Community = "",
    only: Annotated[list[str] | None, typer.Option(help="Only the copy with this key. May be repeated.")] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Bring copies up to date: what the original alone changed since, shown as a plan, then carried out.

    Exits with 0: nothing is behind, or all is done, 2 (with --json and without --yes): something is behind.
    """
    do_with_django(
        "hearth.cli.copy_reports",
        "update",
        group=group,
        community=community,
        only=only or [],
        yes=yes,
        as_json=as_json,
    )
