"""A process that brings a table in, or takes it back, and dies in the middle of a portion. Run with ``python -m``.

``importing_process COMMUNITY ROSTER PERSON [back]``: it is killed right after that many people were let into the group
(or taken out of it), before their transaction ends.
"""

import os
import signal
import sys
from dataclasses import replace
from importlib import import_module


def main(community: int, roster: int, last: int, back: bool) -> None:
    """Set Django up and work until death."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    places = import_module("hearth.people.registry").roster_places
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

    places[:] = [replace(one, let_in=mortal(one.let_in), take_out=mortal(one.take_out)) for one in places]
    lines = import_module("hearth.people.services.roster_lines")
    work = lines.take_lines_back if back else lines.bring_lines_in
    house = import_module("hearth.core.permissions").house_actor(community)
    with import_module("hearth.core.tenancy").community_scope(community):
        work(house, roster, lambda _done, _total: None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), "back" in sys.argv[4:])
