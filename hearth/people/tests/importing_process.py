"""A process that brings a table in, or takes it back, and dies in the middle of a portion. Run with ``python -m``.

``importing_process COMMUNITY ROSTER STEP [back|early|late]``: it is killed right after the step of that number (members
made, tagged, let in, lines marked; on the way back: taken out, deleted), before the portion's transaction ends.

``early`` and ``late`` are what the negative controls show: the mark that lines are done in a transaction of its own,
before the work or after it.
"""

import os
import signal
import sys
from dataclasses import replace
from importlib import import_module

WAY_IN, WAY_BACK = 4, 2  # steps of a portion


def main(community: int, roster: int, last: int, how: str) -> None:
    """Set Django up and work until death."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    lines = import_module("hearth.people.services.roster_lines")
    back = import_module("hearth.people.services.roster_back")
    house = import_module("hearth.core.permissions").house_actor(community)
    with import_module("hearth.core.tenancy").community_scope(community):
        if how in {"early", "late"}:
            apart(lines, house, roster, early=how == "early")
        make_mortal(lines, back, last)
        work = back.take_lines_back if how == "back" else lines.bring_lines_in
        work(house, roster, lambda _done, _total: None)


def make_mortal(lines, back, last: int) -> None:
    """Die after so many steps."""
    done = 0

    def mortal(act):
        def acted(*told):
            nonlocal done
            result = act(*told)
            done += 1
            if done == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return acted

    places = import_module("hearth.people.registry").roster_places
    places[:] = [replace(one, let_in=mortal(one.let_in), take_out=mortal(one.take_out)) for one in places]
    for module, name in (
        (lines, "join_many"), (lines, "put_tags"), (lines, "mark_done"), (back, "delete_members"),
    ):  # fmt: skip
        setattr(module, name, mortal(getattr(module, name)))


def apart(lines, house, roster: int, *, early: bool) -> None:
    """What must not be done: the work in one transaction, the mark in another; death lies between them."""
    rows = import_module("hearth.people.models").RosterLine.objects.filter(roster=roster).order_by("number")
    portion = list(rows[: lines.PORTION])
    if early:
        lines.mark_done([lines.Brought(line, None, "") for line in portion])
    else:
        with import_module("django.db").transaction.atomic():
            lines.make_members(house, portion)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), (sys.argv[4:] or [""])[0])
