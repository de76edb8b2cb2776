"""The draft of the guided start: what it says, what is missing, what it would do."""

from dataclasses import dataclass, replace

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, override

from hearth.blueprint.errors import DraftGone
from hearth.blueprint.models import Draft
from hearth.blueprint.queries.plans import plan_of, read_blueprint, shapes, standing
from hearth.blueprint.queries.ready_made import ready_made
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules import drafting, kinds, living, promises
from hearth.blueprint.rules.answers import SCREENS, Answer, Answers, Line, Value, answer_from
from hearth.blueprint.rules.readiness import Readiness, Verdict, readiness
from hearth.blueprint.rules.writing import drafted
from hearth.blueprint.types import Plan, Problem
from hearth.core.permissions import Actor, demand
from hearth.core.sections import sections
from hearth.kit.described import LANGUAGES, Objects

PARTS = ("community", "charter", "groups", "duties", "goals", "settings", promises.PART)  # what the screens ask about


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft with what it began from and what was told since."""

    draft: Draft
    base: drafting.Base
    told: Answers

    def version(self, screen: str) -> int:
        """How often a screen was told; 0 for never."""
        return int(self.draft.answers.get(screen, {}).get("version", 0))

    def left_out(self, screen: str) -> bool:
        """Whether somebody said that a screen is to be left out."""
        return self.version(screen) > 0 and getattr(self.told, screen) is None


def draft_for(actor: Actor) -> Draft | None:
    """The draft of the community in scope, if there is one. Raises NotAllowed."""
    demand(actor, APPLY.key)
    return Draft.objects.first()


def begun(actor: Actor) -> Begun:
    """The draft with everything that belongs to it. Raises NotAllowed, DraftGone."""
    draft = draft_for(actor)
    if draft is None:
        raise DraftGone()
    return of_draft(draft)


def of_draft(draft: Draft) -> Begun:
    """A draft with everything that belongs to it."""
    told = {screen: entry["told"] for screen, entry in draft.answers.items() if entry["told"] is not None}
    answers = Answers(**{screen: answer_from(screen, answer) for screen, answer in told.items()})  # type: ignore[arg-type]
    return Begun(draft, _base(draft), answers)


def _base(draft: Draft) -> drafting.Base:
    if draft.start == kinds.STANDING:
        here = standing(PARTS)
        return drafting.Base(draft.language, here["community"][""], here, stands=True)
    community = standing(["community"])["community"][""]
    parts = ready_made(draft.start) if draft.start in kinds.KINDS else {}
    return drafting.Base(draft.language, community, parts)


def shown(one: Begun, screen: str) -> Answer:
    """What a screen shows: what was told, else what the draft began from."""
    told: Answer | None = getattr(one.told, screen)
    return told if told is not None else _suggested(one, screen)


def _suggested(one: Begun, screen: str) -> Answer:
    base = one.base
    if screen == "purpose":
        return drafting.shown_purpose(base)
    if screen == "audience":
        kind = kinds.KINDS.get(one.draft.start)
        return drafting.shown_audience(base).model_copy(update={"shared": list(kind.shared) if kind else []})
    if screen == "doors":
        return drafting.shown_doors(base, one.told.audience)
    if screen == "team":
        return drafting.shown_team(base, kinds.usual_hands())
    return Value(values=base.read(base.one("charter").get("values")), lines=_lines(one))


def _lines(one: Begun) -> list[Line]:
    return promises.shown_lines(one.base, one.base.parts.get(promises.PART, {}))


def standing_lines() -> list[str]:
    """The keys of the value lines of the community in scope."""
    return list(standing([promises.PART])[promises.PART])


def _in_all(sentence: str) -> dict[str, str]:
    """A sentence of ours in every language."""
    found = {}
    for code in LANGUAGES:
        with override(code):
            found[code] = _(sentence)
    return found


def missing_in(one: Begun, screen: str) -> list[str]:
    """What a screen still misses, as it is shown now, in the reader's language."""
    return [_said(gap) for gap in living.missing(_with(one, screen)) if gap.screen == screen]


def missing_everywhere(one: Begun) -> dict[str, list[str]]:
    """What is missing, by screen; a screen that was left out counts as the community stands."""
    found: dict[str, list[str]] = {screen: [] for screen in SCREENS}
    for gap in living.missing(_with(one)):
        found[gap.screen].append(_said(gap))
    return found


def _with(one: Begun, *screens: str) -> Answers:
    """What was told, with what these screens show; in a community that stands, with what all of them show."""
    filled = SCREENS if one.base.stands else screens
    return replace(one.told, **{screen: shown(one, screen) for screen in filled})  # type: ignore[arg-type]


def _said(gap: living.Missing) -> str:
    sentence = _(gap.sentence)
    return sentence % gap.values if gap.values else sentence


def readiness_of(one: Begun) -> Readiness:
    """Whether those who were named can keep what was promised."""
    value, team = one.told.value, one.told.team
    audience = one.told.audience or drafting.shown_audience(one.base)
    groups = len(audience.rooms) if one.told.audience or one.base.stands else 0
    return readiness(value.lines if value else [], team.hands if team else [], groups, team.minutes if team else {})


def held_back(found: Readiness, plan: Plan) -> bool:
    """Whether a plan is one of those that nobody should apply without knowing what they do."""
    opens = any(one.change.section == "groups" and one.change.kind == "create" for one in plan.changes)
    return found.verdict is Verdict.NOT_YET or (found.verdict is Verdict.UNTOLD and opens)


def draft_text(one: Begun) -> str:
    """The draft as the text of a blueprint, with comments: where it comes from, and what is missing."""
    objects = drafting.parts(one.base, one.told, _role_duties())
    if one.told.value:
        groups = set(objects.get("groups", {})) | (set(one.base.parts["groups"]) if one.base.stands else set())
        lines = promises.written_lines(one.base, one.base.parts.get(promises.PART, {}), one.told.value, groups)
        objects |= {promises.PART: lines} if lines else {}
    gaps = [f"- {line}" for lines in missing_everywhere(one).values() for line in lines]
    day = date_format(localtime(one.draft.told_at), "Y-m-d")
    head = [
        _("Written by the guided start; last told on %(day)s.") % {"day": day},
        _("Only what is named here is managed; everything else is left alone."),
        *([_("Still missing for a living community:"), *gaps] if gaps else []),
    ]
    notes = {key: _(sections[key].title) for key in objects}
    return drafted(objects, shapes(), one.base.community["language"], "\n".join(head), notes)


def _role_duties() -> Objects:
    """The duties of all roles, in every language."""
    return {
        role: {"name": _in_all(name), "task": _in_all(task)} for role, (name, task, _makes) in kinds.ROLE_DUTIES.items()
    }


def plan_of_draft(actor: Actor, one: Begun) -> tuple[str, Plan, list[Problem]]:
    """The draft as text, what it would change, and what is wrong with it. Raises NotAllowed."""
    text = draft_text(one)
    description, problems = read_blueprint([("", text.encode())], language=one.base.community["language"])
    if problems:
        return text, Plan(), problems
    plan, problems = plan_of(actor, description.wanted, description.document)
    return text, plan, problems


def has_groups() -> bool:
    """Whether the community in scope has any open group."""
    return bool(standing(["groups"])["groups"])
