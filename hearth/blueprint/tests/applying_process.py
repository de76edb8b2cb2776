"""A process that carries a revision out and dies at one of its changes. Run with ``python -m``.

``applying_process REVISION CHANGE [careless]``: it is killed right after the change of that number was made, before
the transaction ends; founding a copied community and giving it somebody who runs it are changes too. ``careless``
records each step apart from its change, and founds apart from remembering it: what the negative controls show.
"""

import os
import signal
import sys
from dataclasses import replace
from importlib import import_module

PORTION = 3


def main(revision: int, last: int, careless: bool) -> None:
    """Set Django up and work until death, or to the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    registry = import_module("hearth.core.sections").sections
    made = 0

    def mortal(write):
        def act(*args):
            nonlocal made
            came_of = write(*args)
            made += 1
            if made == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return came_of

        return act

    for key, one in registry.items():
        registry._items[key] = replace(one, write=mortal(one.write))
    copies = import_module("hearth.blueprint.services.community_copies")
    for name in ("found_community", "make_admin"):
        setattr(copies, name, mortal(getattr(copies, name)))
    row = import_module("hearth.blueprint.models").Revision._base_manager.get(pk=revision)
    with import_module("hearth.core.tenancy").community_scope(row.community):
        if careless and row.batch is not None:
            copies.founded_copy = copies.founded_copy.__wrapped__  # without its transaction
        if careless and row.batch is None:
            without_transactions(row, registry)
        else:
            copies.carry_on(revision, lambda done, total: None, portion=PORTION)


def without_transactions(row, registry) -> None:
    """What must not be done: a change, and then its record."""
    house = import_module("hearth.core.permissions").house_actor(row.community_id)
    change = import_module("hearth.kit.described").Change
    for step in row.steps.filter(done_at=None).order_by("number"):
        registry[step.section].write(house, change(step.section, step.key, step.kind, step.before, step.after))
        step.done_at = import_module("hearth.kit.clock").now()
        step.save()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), "careless" in sys.argv[3:])
