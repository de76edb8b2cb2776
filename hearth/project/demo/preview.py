"""Prints a day of a group, or the figures of the plan: ``python -m hearth.project.demo.preview --help``."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from hearth.project.demo.clock import local
from hearth.project.demo.making import SEED, plan
from hearth.project.demo.shapes import DemoMessage, DemoPlan, show_mentions
from hearth.project.demo.statistics import measure


def main(arguments: list[str] | None = None, *, make: Callable[..., DemoPlan] = plan) -> int:
    """The command line; ``make`` makes the plan. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m hearth.project.demo.preview", description=__doc__)
    parser.add_argument("group", nargs="?", help="print this group's talk; without it the figures of all groups")
    parser.add_argument("--ago", type=int, default=0, help="days ago (0 is today)")
    parser.add_argument("--messages", type=int, help="print this many messages up to the end of that day")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--now", type=datetime.fromisoformat, help="end of the ninety days, with its offset")
    chosen = parser.parse_args(arguments)
    began = time.perf_counter()
    made = make(seed=chosen.seed, now=chosen.now)
    seconds = time.perf_counter() - began
    if chosen.group is None:
        _print_figures(made, seconds)
        return 0
    if chosen.group not in {group.key for group in made.groups}:
        parser.error(f"no such group; there are {', '.join(group.key for group in made.groups)}")
    _print_talk(made, chosen.group, chosen.ago, chosen.messages)
    return 0


def _print_figures(made: DemoPlan, seconds: float) -> None:
    write = sys.stdout.write
    write(f"seed {made.seed}, until {made.now:%Y-%m-%d %H:%M} UTC, made in {seconds:.2f} s, {made.digest()[:16]}\n")
    write(f"{len(made.people)} people, {len(made.messages)} messages, {len(made.reactions)} reactions\n\n")
    write(
        "group          messages authors members  gini  top1  back  answered<24h  <1h  next day  night weekend same\n"
    )
    for key in (*(group.key for group in made.groups), None):
        row = measure(made, key)
        write(
            f"{key or 'everything':14} {row.messages:8} {row.authors:7} {row.members:7} {row.gini:5.2f}"
            f" {row.top_share:5.0%} {row.returned:5.0%} {row.answered:13.0%} {row.within_hour:4.0%}"
            f" {row.next_day:9.0%} {row.night:6.1%} {row.weekend:7.0%} {row.repeated:4.1%}\n"
        )


def _print_talk(made: DemoPlan, group: str, ago: int, count: int | None) -> None:
    day = (local(made.now) - timedelta(days=ago)).date()
    rows = [row for row in made.messages if row.group == group and local(row.at).date() <= day]
    rows = rows[-count:] if count else [row for row in rows if local(row.at).date() == day]
    names = {person.key: person.display_name for person in made.people}
    order = {row.key: row for row in made.messages}
    hidden = {row.message: row.reason for row in made.hidings if row.restored_at is None}
    for row in rows:
        sys.stdout.write(_line(row, order, names, hidden) + "\n")


def _line(row: DemoMessage, order: dict[str, DemoMessage], names: dict[str, str], hidden: dict[str, str]) -> str:
    label = "" if row.origin == "organic" else f" [{row.origin}]"
    label += f" [hidden: {hidden[row.key]}]" if row.key in hidden else ""
    to = f" → {names[order[row.reply_to].author]} {local(order[row.reply_to].at):%d %H:%M}" if row.reply_to else ""
    text = show_mentions(row.text, names.__getitem__).replace("\n", "\n      ")
    return f"{local(row.at):%a %d %b %H:%M} {names[row.author]}{label}{to}: {text}"


if __name__ == "__main__":
    sys.exit(main())
