"""The guided start: a draft begun, told screen by screen, applied or thrown away."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from hearth.blueprint.errors import AnswerRefused, BlueprintRefused, DraftGone, DraftThere, NotReady, ScreenChanged
from hearth.blueprint.models import Draft, Revision
from hearth.blueprint.queries.drafts import held_back, of_draft, plan_of_draft, readiness_of, standing_lines
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.answers import SCREENS, Audience, Value, answer_from, lines_with_keys, with_keys
from hearth.blueprint.rules.kinds import STARTS
from hearth.blueprint.services.applying import begin_revision
from hearth.core import audit
from hearth.core.errors import NotFound
from hearth.core.permissions import Actor, demand
from hearth.groups.queries import all_groups
from hearth.groups.rules.keys import key_from
from hearth.kit.clock import now
from hearth.kit.described import LANGUAGES

SOURCE = "guided-start.yaml"


@transaction.atomic
def begin_draft(actor: Actor, start: str, language: str) -> Draft:
    """Begin from a kind, from what stands, or from nothing. Raises NotAllowed, NotFound, DraftThere."""
    demand(actor, APPLY.key)
    if start not in STARTS or language not in LANGUAGES:
        raise NotFound()
    try:
        with transaction.atomic():
            return Draft.objects.create(start=start, language=language)
    except IntegrityError:
        raise DraftThere() from None


@transaction.atomic
def tell_screen(actor: Actor, screen: str, told: Mapping[str, Any] | None, *, seen: int) -> int:
    """Keep the answer to a screen, or, for None, that it is left out; its new version.

    ``seen`` is the version that somebody had open. Raises NotAllowed, NotFound, DraftGone, ScreenChanged,
    AnswerRefused.
    """
    demand(actor, APPLY.key)
    draft = _locked()
    if screen not in SCREENS:
        raise NotFound()
    version = int(draft.answers.get(screen, {}).get("version", 0))
    if seen != version:
        raise ScreenChanged()
    kept = {"told": _kept(screen, told), "version": version + 1, "by": actor.ref, "at": now().isoformat()}
    draft.answers = {**draft.answers, screen: kept}
    draft.told_at = now()
    draft.save(update_fields=["answers", "told_at"])
    return version + 1


def _locked() -> Draft:
    draft = Draft.objects.select_for_update().first()
    if draft is None:
        raise DraftGone()
    return draft


def _kept(screen: str, told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if told is None:
        return None
    try:
        answer = answer_from(screen, told)
    except ValidationError:
        raise AnswerRefused() from None
    if isinstance(answer, Audience):
        taken = [group.key for group in all_groups()]
        answer = answer.model_copy(update={"rooms": with_keys(answer.rooms, taken, key_from)})
    if isinstance(answer, Value):
        answer = answer.model_copy(update={"lines": lines_with_keys(answer.lines, standing_lines())})
    return answer.model_dump(mode="json")


@transaction.atomic
def apply_draft(actor: Actor, *, seen: str, knowingly: bool = False, why: str = "") -> Revision:
    """Begin to apply what the draft says; then it is gone, and the revision has its text.

    ``seen`` is the fingerprint of the plan that somebody looked at. Where there is no capacity for what is promised,
    they have to say that they go on ``knowingly``; the audit log then holds the numbers and ``why``.
    Raises NotAllowed, DraftGone, BlueprintRefused, NotReady, and what ``begin_revision`` raises.
    """
    demand(actor, APPLY.key)
    draft = _locked()
    one = of_draft(draft)
    text, plan, problems = plan_of_draft(actor, one)
    if problems:
        raise BlueprintRefused()
    found = readiness_of(one)
    held = held_back(found, plan)
    if held and not knowingly:
        raise NotReady(field="knowingly")
    row = begin_revision(actor, plan, source=SOURCE, files=[(SOURCE, text)], seen=seen)
    if held:
        numbers = {"needed": found.all_needed, "given": found.given, "lacking": found.lacking}
        audit.record(actor, "built_without_capacity", f"application:{row.pk}", after=numbers, why=why)
    draft.delete()
    return row


@transaction.atomic
def drop_draft(actor: Actor) -> None:
    """Throw the draft away. Raises NotAllowed, DraftGone."""
    demand(actor, APPLY.key)
    draft = _locked()
    audit.record(actor, "draft_thrown_away", f"draft:{draft.pk}", after={"start": draft.start})
    draft.delete()
