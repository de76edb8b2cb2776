"""A process that carries a regrouping out, or back, and dies at one of its steps. Run with ``python -m``.

``regrouping_process REGROUPING STEP [careless]``: it is killed right after the step of that number was made (a group
opened or closed or opened again, a member or somebody in line moved), before the transaction ends. ``careless`` records
each move apart from what it did: what the negative control shows.
"""

import os
import signal
import sys
from importlib import import_module

PORTION = 2
STEPS = (
    ("splitting", "open_alike"),
    ("splitting", "close_group"),
    ("merging", "close_group"),
    ("merging", "reopen_group"),
    ("moving", "emit"),
    ("lines", "emit"),
)


def main(regrouping: int, last: int, careless: bool) -> None:
    """Set Django up and work until death, or to the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    made = 0

    def mortal(step):
        def act(*told, **more):
            nonlocal made
            answer = step(*told, **more)
            made += 1
            if made == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return act

    for module, name in STEPS if not careless else ():
        place = import_module(f"hearth.groups.services.{module}")
        setattr(place, name, mortal(getattr(place, name)))
    row = import_module("hearth.groups.models").Regrouping._base_manager.get(pk=regrouping)
    with import_module("hearth.core.tenancy").community_scope(row.community_id):
        if careless:
            without_transactions(row, last)
        else:
            work = import_module("hearth.groups.services").carry_out
            work(regrouping, lambda done, total: None, portion=PORTION)


def without_transactions(row, last) -> None:
    """What must not be done: a move, and then its record."""
    house = import_module("hearth.core.permissions").house_actor(row.community_id)
    queries, go = import_module("hearth.groups.queries.regrouping"), import_module("hearth.groups.services.moving").go
    for number, move in enumerate(queries.going(row).order_by("pk"), 1):
        go(house, row, move, queries.target_of(row, move))
        if number == last:
            os.kill(os.getpid(), signal.SIGKILL)
        move.done_at = import_module("hearth.kit.clock").now()
        move.save()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), "careless" in sys.argv[3:])
