"""The sealed licence number: opened on demand by those who decide, and every look is on record."""

from django.db import transaction

from hearth.core import audit, crypto
from hearth.core.errors import Refusal
from hearth.core.permissions import Actor, demand
from hearth.people.access import verification_for
from hearth.people.registry import VERIFY


@transaction.atomic
def reveal_licence(actor: Actor, verification_id: int) -> str:
    """The licence number of a credential, for a reviewer; the look is audited. Raises NotFound, NotAllowed, Refusal."""
    demand(actor, VERIFY.key)
    row = verification_for(actor, verification_id)
    if not row.licence_sealed:
        raise Refusal("No licence number was given.")
    audit.record(actor, "licence_read", f"member:{row.member_id}", after={"verification": row.pk})
    return crypto.unseal(row.key_id, row.licence_sealed)
