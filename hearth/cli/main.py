"""``hearth``: every command with its options. What a command does stands in a file of its own, loaded when used.

The processes' parent (``serve``) never loads Django, so that it stays small and survives whatever its children do.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from hearth.cli.copy_commands import community_copy, copies_app, copy
from hearth.cli.doing import Commands, do as _do, do_with_django as _do_with_django

app = typer.Typer(
    name="hearth",
    cls=Commands,
    help="Hearth, the open system for operating communities.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

community_app = typer.Typer(help="The communities of this house, and what was applied to them.", no_args_is_help=True)
app.add_typer(community_app, name="community")
app.command()(copy)
community_app.command("copy")(community_copy)
app.add_typer(copies_app, name="copies")

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
MAP_HELP = "For tables: field=column and traits, such as text=Body,tz=Asia/Shanghai. May be repeated."
Mapping = Annotated[list[str] | None, typer.Option("--map", help=MAP_HELP)]
Host = Annotated[str, typer.Option(help="Address to listen on.", envvar="HEARTH_BIND")]

Blueprint = Annotated[Path, typer.Argument(help="A blueprint: a YAML file, or a folder of them.", exists=True)]
BlueprintCommunity = Annotated[str, typer.Option(help="Key of the community, where the file names none or another.")]
CommunityKey = Annotated[str, typer.Argument(help="The community's key; the first one where none is named.")]
YesFlag = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def serve(host: Host = "127.0.0.1") -> None:
    """Run the whole house: web, gateway and worker, watched over and restarted."""
    _do("hearth.project.serve", "serve", host=host)


@app.command()
def demo(host: Host = "127.0.0.1") -> None:
    """Prepare the demo community if it is missing, then serve it."""
    _do("hearth.project.serve", "serve_demo", host=host)


@app.command()
def web(host: Host = "127.0.0.1") -> None:
    """Run the pages alone, on PORT (default 8000)."""
    _do("hearth.project.processes", "web", host=host)


@app.command()
def gateway(host: Host = "127.0.0.1") -> None:
    """Run the live gateway alone, on HEARTH_GATEWAY_PORT (default PORT + 1)."""
    os.environ["HEARTH_BIND"] = host
    _do_with_django("hearth.project.processes", "gateway")


@app.command()
def worker() -> None:
    """Run the worker alone: facts to handlers, long work, schedules."""
    _do_with_django("hearth.project.processes", "worker")


@app.command()
def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 when something is missing.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing unless it fails.")] = False,
) -> None:
    """Bring the database up to date."""
    _do_with_django("hearth.cli.database", "migrate", check=check, quiet=quiet)


@app.command()
def found(
    key: Annotated[str, typer.Argument(help="Short name in addresses: small letters, digits, hyphens.")],
    admin: Annotated[str, typer.Option(help="E-mail of the person who will administer it; they sign in by code.")],
    admin_name: Annotated[str, typer.Option(help="What others call that person.")] = "",
    name: Annotated[str, typer.Option(help="Name of the community, in its language.")] = "",
    language: Annotated[str, typer.Option(help="en, zh-hans or zh-hant.")] = "en",
    tz: Annotated[str, typer.Option(help="Its time zone.")] = "UTC",
    platform: Annotated[
        bool, typer.Option("--platform", help="They run the whole house: may found communities, and act in every one.")
    ] = False,
) -> None:
    """Found a community, or give one that exists an administrator: the first thing to do after installing."""
    _do_with_django(
        "hearth.cli.found",
        "found",
        key=key,
        admin=admin,
        name=name,
        admin_name=admin_name,
        language=language,
        tz=tz,
        platform=platform,
    )


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="An export: a file or a folder.", exists=True)],
    community: Annotated[str, typer.Option(help="Key of the community; founded when it is new.")] = "",
    source: Annotated[
        str, typer.Option(help="A name for where it came from; the same one makes repeats harmless.")
    ] = "",
    format: Annotated[str | None, typer.Option(help="The format's key, when it is not recognised.")] = None,  # noqa: A002
    mapping: Mapping = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; change nothing.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bring in a community's history from another platform."""
    _do_with_django(
        "hearth.cli.import_archive",
        "import_",
        path=path,
        community=community,
        source=source,
        format=format,
        mapping=mapping or [],
        dry_run=dry_run,
        as_json=as_json,
    )


@app.command()
def diagnose(
    path: Annotated[
        Path,
        typer.Argument(help="An export of a chat, a forum or a mailing list, or a table: a file, a folder or a zip."),
    ],
    html: Annotated[Path | None, typer.Option(help="Write a self-contained report to this file.")] = None,
    at: Annotated[str, typer.Option(help="Measure as of this day (2024-05-31) or time, UTC.")] = "",
    format: Annotated[str, typer.Option(help="The format's key, when it is not recognised.")] = "",  # noqa: A002
    mapping: Mapping = None,
    lang: Annotated[str, typer.Option(help="Language of what is said: en, zh-hans or zh-hant.")] = "en",
    as_json: JsonFlag = False,
) -> None:
    """Tell which groups of an export are warm, cooling or cold, and why. Needs no server and no database."""
    _do_with_django(
        "hearth.cli.diagnose",
        "diagnose",
        path=path,
        html=html,
        at=at,
        format=format,
        mapping=mapping or [],
        lang=lang,
        as_json=as_json,
    )


@app.command()
def metrics(
    path: Annotated[
        Path | None, typer.Argument(help="An export: measure this archive; needs no server and no database.")
    ] = None,
    community: Annotated[str, typer.Option(help="The community's key; the first one where none is named.")] = "",
    group: Annotated[str, typer.Option(help="A group's key; the whole community where none is named.")] = "",
    at: Annotated[str, typer.Option(help="For an archive: measure at the end of this day (2024-05-31), UTC.")] = "",
    format: Annotated[str, typer.Option(help="For an archive: its format's key, when it is not recognised.")] = "",  # noqa: A002
    mapping: Mapping = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Compute what is new first.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Compute everything anew first.")] = False,
    as_json: JsonFlag = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV for spreadsheets.")] = False,
) -> None:
    """Say every metric of a community or a group, as its pages do; or of an export."""
    if path is not None:
        _do_with_django(
            "hearth.cli.archive_metrics",
            "archive_metrics",
            path=path,
            group=group,
            at=at,
            format=format,
            mapping=mapping or [],
            as_json=as_json,
            as_csv=as_csv,
        )
    _do_with_django(
        "hearth.cli.readings",
        "metrics",
        community=community,
        group=group,
        refresh=refresh,
        rebuild=rebuild,
        as_json=as_json,
        as_csv=as_csv,
    )


@app.command()
def metrics_on_cluster(
    columns: Annotated[
        Path, typer.Argument(help="A community's column files: the folder columns/NUMBER of HEARTH_HOME.")
    ],
    out: Annotated[Path, typer.Argument(help="The folder to write readings.parquet to.")],
    master: Annotated[str, typer.Option(help="The cluster, such as spark://host:7077; else as Spark is set up.")] = "",
    roll_ups: Annotated[bool, typer.Option("--roll-ups", help="Write the roll-ups too.")] = False,
    newest: Annotated[int, typer.Option(help="How many of the newest moments to compute.")] = 54,
) -> None:
    """Compute the metrics of a community on Apache Spark, from its column files."""
    _do_with_django(
        "hearth.cli.cluster",
        "metrics_on_cluster",
        columns=columns,
        out=out,
        master=master,
        roll_ups=roll_ups,
        newest=newest,
    )


@app.command()
def plan(
    path: Blueprint,
    community: BlueprintCommunity = "",
    as_json: JsonFlag = False,
) -> None:
    """Say what applying a blueprint would do, and what follows. Exits with 0: nothing, 2: something, 1: mistakes."""
    _do_with_django("hearth.cli.blueprint", "plan", path=path, community=community, as_json=as_json)


@app.command("apply")
def apply_(
    path: Blueprint,
    community: BlueprintCommunity = "",
    yes: YesFlag = False,
) -> None:
    """Carry a blueprint out; a community that is not there is founded. Killed and run again, it goes on."""
    _do_with_django("hearth.cli.blueprint", "apply", path=path, community=community, yes=yes)


@app.command()
def export(
    community: Annotated[str, typer.Argument(help="The community's key.")],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="Write to this file, or into this folder (it ends with / or is there): one file for each group. "
            "What is there keeps its comments and its order.",
        ),
    ] = "",
) -> None:
    """Write a living community as a blueprint."""
    _do_with_django("hearth.cli.export", "export", community=community, out=out)


@app.command()
def drift(community: CommunityKey = "") -> None:
    """Say what was changed by hand since a blueprint was applied. Exits with 0: nothing, 2: something."""
    _do_with_django("hearth.cli.blueprint", "drift", community=community)


@community_app.command("list")
def community_list(
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the keys alone.")] = False,
) -> None:
    """List the communities of this house."""
    _do_with_django("hearth.cli.community", "communities", quiet=quiet)


@community_app.command("history")
def community_history(community: CommunityKey = "") -> None:
    """List the revisions of a community, the newest first: blueprints, copies, roll-backs."""
    _do_with_django("hearth.cli.community", "history", community=community)


@community_app.command("roll-back")
def community_roll_back(
    community: Annotated[str, typer.Argument(help="The community's key.")],
    number: Annotated[
        int, typer.Argument(help="Bring back what stood before this revision; else before the last.")
    ] = 0,
    yes: YesFlag = False,
) -> None:
    """Bring back what stood before a blueprint was applied: shown as a plan, then carried out."""
    _do_with_django("hearth.cli.community", "roll_back", community=community, number=number, yes=yes)


@app.command()
def backup(path: Annotated[Path, typer.Argument(help="The file to write; a .zip that must not exist yet.")]) -> None:
    """Write a consistent copy of everything, while the house goes on."""
    _do_with_django("hearth.cli.backup", "backup", path=path)


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A file that `hearth backup` wrote.", exists=True, dir_okay=False)],
) -> None:
    """Fill an empty installation from a backup, and verify every table and file."""
    _do_with_django("hearth.cli.backup", "restore", path=path)


@app.command()
def doctor(as_json: JsonFlag = False) -> None:
    """Examine this installation; say what is wrong and how to mend it."""
    _do_with_django("hearth.cli.doctor", "doctor", as_json=as_json)


@app.command("load-demo", hidden=True)
def load_demo() -> None:
    """Make the demo community unless it exists."""
    _do_with_django("hearth.cli.database", "load_demo")


@app.command(hidden=True)
def collect() -> None:
    """Collect the static files where HEARTH_COLLECTED asks for it."""
    _do_with_django("hearth.cli.database", "collect")


@app.command(hidden=True)
def reference(
    folder: Annotated[Path, typer.Argument(help="Where to write the pages.")],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 when a page is stale.")] = False,
) -> None:
    """Write the generated reference pages."""
    _do_with_django("hearth.project.reference", "reference", commands=app, folder=folder, check=check)


def run() -> None:
    """The entry point of ``hearth``."""
    app()


if __name__ == "__main__":
    run()
