"""Processes that erase a person and are killed while they write, one after the other. Run with ``python -m``.

``erasing_process ERASURE [careless]`` forks: the first eight children go on with the erasure and are killed right after
their first write that changed a row, committed or not, the next eight after their second, and so on, until one is
through. Prints how many were killed.

``careless``: each begins by asking anew who is meant, instead of keeping what was found at first: the negative control.
"""

import os
import signal
import sys
from importlib import import_module

WRITES = ("INSERT", "UPDATE", "DELETE")
EACH = 8  # deaths at one depth: so the transactions with most writes come through in the end


def main(erasure: int, careless: bool) -> None:
    """Set Django up once and fork until an erasure ends alive."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    step = 0
    while True:
        child = os.fork()
        if child == 0:
            erase(erasure, step // EACH + 1, careless)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status):
            break
        step += 1
    print(step)
    sys.exit(os.WEXITSTATUS(status))


def erase(erasure: int, last: int, careless: bool) -> None:
    """Erase until death."""
    made = 0

    def mortal(execute, sql, params, many, context):
        nonlocal made
        answer = execute(sql, params, many, context)
        made += sql.lstrip().startswith(WRITES) and context["cursor"].rowcount != 0
        if made == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    if careless:
        rows = import_module("hearth.people.models").Erasure.objects.filter(pk=erasure)
        rows.update(begun_at=None, who={})
    erase_person = import_module("hearth.people.services").erase_person
    with import_module("django.db").connection.execute_wrapper(mortal):
        erase_person(erasure, lambda _done, _total: None)


if __name__ == "__main__":
    main(int(sys.argv[1]), "careless" in sys.argv[2:])
