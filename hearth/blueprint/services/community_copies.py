"""Communities copied from one: the batch is stored first, each copy is founded once and then brought to its plan.

Founding is for whoever runs the house: from the command line alone.
"""

from django.db import transaction

from hearth.blueprint.errors import BlueprintRefused
from hearth.blueprint.models import Copy, CopyBatch
from hearth.blueprint.queries.community_copies import original_of_batch, problems_of_copies, wanted_copy
from hearth.blueprint.registry import APPLY
from hearth.blueprint.services.copying import stored_batch
from hearth.blueprint.types import Original, Table, Target
from hearth.core import audit
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.groups.services import found_community
from hearth.kit.clock import now


@transaction.atomic
def begin_community_copies(actor: Actor, original: Original, table: Table, *, first: int, strict: bool) -> CopyBatch:
    """Store what shall be copied to where; nothing is founded yet. Raises NotAllowed, BlueprintRefused."""
    demand(actor, APPLY.key)
    if problems_of_copies(original, table, None):
        raise BlueprintRefused()
    batch = stored_batch(actor, original, table, first=first, strict=strict)
    key = original.stood["community"][""]["key"]
    CopyBatch.objects.filter(pk=batch.pk).update(key=key)
    after = {"number": batch.number, "original": key, "copies": len(table.targets)}
    audit.record(actor, "copies_begun", f"batch:{batch.pk}", after=after)
    return batch


@transaction.atomic
def founded_copy(batch: CopyBatch, copy: Copy) -> Community:
    """The community of a copy, founded in the same transaction that remembers it. Raises KeyTaken, Refusal."""
    if copy.founded is not None:
        return copy.founded
    table = Table(batch.source)
    wanted, _problems = wanted_copy(original_of_batch(batch), Target(copy.line, copy.key, copy.values), table)
    fields = wanted["community"].objects[""]
    copy.founded = found_community(copy.key, fields["name"], fields["language"], fields["time_zone"])
    copy.save(update_fields=["founded"])
    return copy.founded


def finish_copy(copy: Copy) -> None:
    """Remember that all of a copy was made."""
    copy.done_at = now()
    copy.save(update_fields=["done_at"])
