"""Processes that merge members at the same moment. Run with ``python -m``.

``merging_processes COMMUNITY FROM:INTO … [careless]`` forks one process for each pair; all begin together. Prints for
each what became of it: through, the code of the refusal, or the error.

``careless`` looks whether both live, waits for the others, and writes without holding the two: the negative control.
"""

import multiprocessing
import os
import sys
from contextlib import suppress
from importlib import import_module

WAIT = 60  # seconds until a process that waits for the others gives up


def main(community: int, pairs: list[tuple[int, int]], careless: bool) -> None:
    """Set Django up once, fork, and tell how it went."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    fork = multiprocessing.get_context("fork")
    start, told = fork.Barrier(len(pairs)), fork.Queue()
    act = without_holding if careless else merge
    processes = [fork.Process(target=tell, args=(act, community, pair, start, told)) for pair in pairs]
    for process in processes:
        process.start()
    for _pair in pairs:
        print(told.get(timeout=WAIT))
    for process in processes:
        process.join()


def tell(act, community, pair, start, told) -> None:
    """What became of one merge."""
    refusal = import_module("hearth.core.errors").Refusal
    with import_module("hearth.core.tenancy").community_scope(community):
        try:
            act(community, pair, start)
        except refusal as no:
            told.put(no.code)
        except import_module("django.db").DatabaseError as error:
            told.put(repr(error))
        else:
            told.put("through")


def merge(community, pair, start) -> None:
    """As an operator does."""
    member = import_module("hearth.people.models").Member
    one, other = (member.objects.get(pk=pk) for pk in pair)
    house = import_module("hearth.core.permissions").house_actor(community)
    start.wait(WAIT)
    import_module("hearth.people.services").merge_members(house, one, other, "same")


def without_holding(_community, pair, start) -> None:
    """What must not be done."""
    models = import_module("hearth.people.models")
    one, other = (models.Member.objects.get(pk=pk) for pk in pair)
    alive = one.merged_into_id is None and other.merged_into_id is None
    with suppress(multiprocessing.context.TimeoutError):
        start.wait(WAIT)
    if alive:
        models.Identity.objects.filter(member=one).update(member=other)
        models.Member.objects.filter(pk=one.pk).update(merged_into=other)


if __name__ == "__main__":
    words = sys.argv[2:]
    found = [tuple(int(pk) for pk in word.split(":")) for word in words if ":" in word]
    main(int(sys.argv[1]), found, "careless" in words)
