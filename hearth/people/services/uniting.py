"""What two merged members have in common from then on: profile, tags, the way to reach them; and the way back."""

from collections.abc import Collection
from uuid import UUID

from hearth.core.permissions import Actor
from hearth.kit.clock import now
from hearth.people.errors import MergeRefused
from hearth.people.models import Consent, Contact, Member, MemberTag, Merge
from hearth.people.queries.badges import WHAT_A_BADGE_CONFIRMS
from hearth.people.queries.lists import holds_badge
from hearth.people.registry import SENSITIVE_TAGS
from hearth.people.services.consents import put_tag
from hearth.people.services.profiles import FIELDS


def unite(actor: Actor, from_member: Member, into_member: Member, batch: UUID, take: Collection[str]) -> None:
    """Let the member that stays take fields of the other one, its tags, and how it is reached.

    Raises MergeRefused for an unknown field, and for one that a badge of the member that stays confirms.
    """
    if not set(take) <= set(FIELDS):
        raise MergeRefused("Choose one of the values offered.")
    if WHAT_A_BADGE_CONFIRMS & set(take) and holds_badge(into_member.pk):
        raise MergeRefused("A badge confirms the name and work of the member that stays. Keep these as they are.")
    given = [name for name in take if getattr(from_member, name)]
    taken = {name: [getattr(into_member, name), getattr(from_member, name)] for name in given}
    for name, (_before, after) in taken.items():
        setattr(into_member, name, after)
    if taken:
        into_member.save(update_fields=[*taken, "search_terms"])
    contact = not Contact.objects.filter(member=into_member).exists()
    moved = bool(contact and Contact.objects.filter(member=from_member).update(member=into_member))
    Merge.objects.create(
        batch=batch, from_member=from_member, into_member=into_member, taken=taken, contact=moved,
        tags=_copied(actor, from_member, into_member),
    )  # fmt: skip


def _copied(actor: Actor, from_member: Member, into_member: Member) -> list[str]:
    rows = MemberTag.objects.filter(member=from_member).order_by("pk")
    if not Consent.objects.filter(member=into_member, purpose=SENSITIVE_TAGS.key, withdrawn_at=None).exists():
        rows = rows.filter(sensitive=False)
    return [row.tag for row in rows if put_tag(actor, into_member, row.tag, sensitive=row.sensitive)]


def part(batch: UUID) -> None:
    """Take back what ``unite`` did; a field that was changed since stays as it is."""
    row = (
        Merge.objects.select_for_update(of=("self",))
        .select_related("into_member")
        .filter(batch=batch, undone_at=None)
        .first()
    )
    if row is None:
        return
    back = {name: before for name, (before, after) in row.taken.items() if getattr(row.into_member, name) == after}
    for name, before in back.items():
        setattr(row.into_member, name, before)
    if back:
        row.into_member.save(update_fields=[*back, "search_terms"])
    MemberTag.objects.filter(member=row.into_member, tag__in=row.tags).delete()
    if row.contact:
        Contact.objects.filter(member=row.into_member).update(member=row.from_member)
    Merge.objects.filter(pk=row.pk).update(undone_at=now())
