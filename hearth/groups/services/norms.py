"""Norms: published in versions, accepted by members."""

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, GroupRole, demand
from hearth.groups.access import roles_in
from hearth.groups.errors import NormsChanged, NotInGroup
from hearth.groups.facts import NormsAccepted, NormsPublished
from hearth.groups.models import Group, Norms, NormsAcceptance
from hearth.groups.registry import MANAGE_GROUP
from hearth.groups.services.texts import LocalInput, local


@transaction.atomic
def publish_norms(actor: Actor, group: Group, text: LocalInput, *, why: str = "") -> Norms:
    """Publish a new version; unchanged text stays the version it is. Raises NotAllowed, Refusal for an empty one."""
    demand(actor, MANAGE_GROUP.key, roles_in(actor, group))
    texts = local(text, group.language, most=8000, field="norms")
    if not texts:
        raise Refusal("Write the norms before publishing them.", field="norms")
    Group.objects.select_for_update().get(pk=group.pk)  # one version at a time
    newest = Norms.objects.filter(group=group).order_by("-version").first()
    if newest is not None and newest.text == texts:
        return newest
    version = newest.version + 1 if newest else 1
    row = Norms.objects.create(group=group, version=version, text=texts, by=actor.ref)
    emit(NormsPublished(group=group.pk, version=version), actor=actor, subject=f"group:{group.pk}")
    audit.record(actor, "norms_published", f"group:{group.pk}", after={"version": version}, why=why)
    return row


@transaction.atomic
def accept_norms(actor: Actor, group: Group, version: int) -> None:
    """Accept the newest norms as a member who is already in. Raises NotInGroup, NormsChanged for an old version."""
    if GroupRole.MEMBER not in roles_in(actor, group) or actor.member_id is None:
        raise NotInGroup("You are not in this group.")
    newest = Norms.objects.filter(group=group).order_by("-version").first()
    if newest is None or newest.version != version:
        raise NormsChanged(newest.version if newest else 0)
    _row, made = NormsAcceptance.objects.get_or_create(norms=newest, member_id=actor.member_id)
    if made:
        told = NormsAccepted(group=group.pk, member=actor.member_id, version=version)
        emit(told, actor=actor, subject=f"group:{group.pk}")
