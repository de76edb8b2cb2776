"""Copies: what is copied, the plan that makes them, and how far a batch is."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from hearth.blueprint.errors import NoOriginal, NoSuchGroup
from hearth.blueprint.models import Copy, CopyBatch, Revision, Step
from hearth.blueprint.queries.plans import plan_of, shapes, standing
from hearth.blueprint.registry import APPLY
from hearth.blueprint.rules.filling import AT, belonging, copied, staying_words, unknown_words
from hearth.blueprint.rules.reading import MOST_PROBLEMS
from hearth.blueprint.rules.wording import nearest
from hearth.blueprint.types import Document, Original, Path, Plan, Planned, Position, Problem, Table, WantedPart
from hearth.conversation.queries.activity import writers_in
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.core.texts import best
from hearth.groups.queries import groups_with_keys
from hearth.kit.described import Objects, Shape

GROUPS = "groups"


def shapes_by_key() -> dict[str, Shape]:
    """Every part of blueprints under its key, each after those it needs."""
    return {shape.key: shape for shape in shapes()}


def parts_of_groups() -> dict[str, Objects]:
    """What stands of all groups: themselves, and what hangs on one of them in other parts."""
    return standing([shape.key for shape in shapes() if shape.key == GROUPS or shape.keys == "name"])


def original_group(actor: Actor, key: str, sets: dict[str, str] | None = None) -> Original:
    """A group as it stands, to be copied. Raises NotAllowed, NoOriginal for one that is closed, NoSuchGroup."""
    demand(actor, APPLY.key)
    there = parts_of_groups()
    stood = belonging(key, GROUPS, there, shapes())
    if GROUPS not in stood:
        raise NoOriginal() if groups_with_keys([key]) else no_group(key, there[GROUPS])
    return Original(GROUPS, key, stood, sets or {})


def no_group(key: str, known: Collection[str]) -> NoSuchGroup:
    """That there is no group with this key, with the one that was probably meant."""
    near = nearest(key[:60], known)
    return NoSuchGroup(NoSuchGroup.meant if near else None, key=key[:60], near=near)


def groups_planned(
    actor: Actor, original: Original, table: Table, made: Collection[str] = ()
) -> tuple[Plan, list[Problem]]:
    """The plan that makes the copies of a table, and everything because of which they cannot be made.

    What was ``made`` before is never changed again, only completed. Raises NotAllowed.
    """
    demand(actor, APPLY.key)
    known = shapes_by_key()
    problems = [*table.problems, *unknown_words(original, table, known)]
    if problems:
        return Plan(), problems
    wanted, places, problems = _wanted(actor, original, table, known)
    problems += _taken(original, table, made)
    if problems:
        return Plan(), problems[:MOST_PROBLEMS]
    parts = {part: WantedPart(objects, keep_others=True) for part, objects in wanted.items()}
    plan, problems = plan_of(actor, parts, Document(places=places))
    new = [one for one in plan.changes if one.change.kind == "create"]
    notes = (*same_names(new, original), *kept_braces(original, table), *plan.notes)
    return Plan(tuple(new), notes), problems


def same_names(new: list[Planned], original: Original) -> list[str]:
    """A sentence for each language in which all copies are called the same."""
    names = [one.change.after.get("name") or {} for one in new if one.change.section == original.part]
    said = _("Every copy is called “%(name)s”. Write a placeholder such as {city} into the name.")
    same = [text for language, text in (names[0] if len(names) > 1 else {}).items() if _all_say(names, language, text)]
    return [said % {"name": text} for text in same]


def kept_braces(original: Original, table: Table) -> list[str]:
    """A sentence about each word in braces that is copied as it is."""
    said = _("`{%(word)s}` in `%(field)s` is no column, and is copied as it stands.")
    return [said % {"word": word, "field": field} for word, field in staying_words(original, table, shapes_by_key())]


def _all_say(names: list[dict[str, str]], language: str, text: str) -> bool:
    return all(one.get(language) == text for one in names)


def _wanted(
    actor: Actor, original: Original, table: Table, known: dict[str, Shape]
) -> tuple[dict[str, Objects], dict[Path, Position], list[Problem]]:
    language = Community.objects.values_list("language", flat=True).get(pk=actor.community_id)
    wanted: dict[str, Objects] = {}
    places: dict[Path, Position] = {}
    problems: list[Problem] = []
    for target in table.targets:
        parts, wrong = copied(original, target, known, language, table.at(target.line))
        problems += wrong
        if len(problems) > MOST_PROBLEMS:
            break
        for part, objects in parts.items():
            wanted.setdefault(part, {}).update(objects)
            places.update({(part, key): table.at(target.line) for key in objects})
    return wanted, places, problems


def _taken(original: Original, table: Table, made: Collection[str]) -> list[Problem]:
    """Keys that others have; a closed copy of the same original that was rolled back may come back."""
    lines = {target.key: target.line for target in table.targets}
    there = groups_with_keys(lines)
    back = Copy.objects.filter(batch__part=GROUPS, batch__key=original.key, batch__rolled_back_at__isnull=False)
    again = set(back.values_list("key", flat=True)) if there else set()
    problems = []
    for key, (_group, closed) in there.items():
        if key in made or (closed and key in again):
            continue
        at, values = table.at(lines[key]), {"key": key}
        if closed:
            problems.append(Problem("`%(key)s` is the key of a group that is closed; take another.", at, values))
        else:
            problems.append(Problem("There is a group `%(key)s` already; take another key.", at, values))
    return sorted(problems, key=lambda one: one.at.line if one.at else 0)


def only_of(plan: Plan, keys: Collection[str]) -> Plan:
    """What a plan does for the copies with these keys."""
    return Plan(tuple(one for one in plan.changes if copy_of(one) in keys), plan.notes)


def copy_of(planned: Planned) -> str:
    """The key of the copy that a change belongs to."""
    change = planned.change
    return change.key if change.section == GROUPS else change.key.rpartition(AT)[2]


@dataclass(frozen=True, slots=True)
class CopyState:
    """One copy of a batch: made or not, and why something of it was refused ({} when nothing was)."""

    copy: Copy
    made: bool
    refused: dict[str, Any] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.copy.left_out or (self.made and not self.refused)


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is. ``word``: *running*, *waiting* (for somebody to look), *stopped* (something was refused),
    *done*, *closing* and *rolled_back*.
    """

    batch: CopyBatch
    copies: tuple[CopyState, ...]
    open: Revision | None
    word: str

    @property
    def made(self) -> int:
        """How many copies were made."""
        return sum(one.made for one in self.copies)

    @property
    def left(self) -> int:
        """How many are still to be made or completed."""
        return sum(not one.is_settled for one in self.copies)

    @property
    def may_go_on(self) -> bool:
        """Whether a person may say go on."""
        return self.word in {"waiting", "stopped"}


def name_of(batch: CopyBatch) -> str:
    """What the original was called when it was copied, in the reader's language."""
    objects = batch.stood.get(batch.part, {})
    fields = objects.get(batch.key) or objects.get("") or {}
    return best(fields.get("name") or {}) or batch.key


def batch_of_job(job_id: int) -> int | None:
    """The number of the batch whose copies a job makes or closes; None for other jobs."""
    return CopyBatch.objects.filter(revisions__job=job_id).values_list("number", flat=True).first()


def state_of(batch: CopyBatch) -> BatchState:
    """How far a batch is: three queries."""
    last = batch.revisions.select_related("job").order_by("-number").first()
    at_work = last if last is not None and _is_open(last) else None
    came_of = _outcomes(batch)
    copies = []
    for copy in batch.copies.select_related("founded").order_by("line"):
        outcomes = came_of.get(copy.key, {})
        refused = next((why for why in outcomes.values() if why), {})
        copies.append(CopyState(copy, outcomes.get(batch.part) == {} or copy.done_at is not None, refused))
    return BatchState(batch, tuple(copies), at_work, _word(batch, copies, at_work is not None))


def _is_open(revision: Revision) -> bool:
    job = revision.job
    return revision.ended_at is None and job is not None and job.state in {"waiting", "running"}


def _outcomes(batch: CopyBatch) -> dict[str, dict[str, dict[str, Any]]]:
    """Key of a copy → part or thing of it → why it was refused at last; {} when it was made."""
    steps = Step.objects.filter(revision__batch=batch, kind="create", done_at__isnull=False)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    rows = steps.order_by("revision__number", "number").values_list("section", "key", "refused")
    for section, key, refused in rows:
        thing, _at, copy = ("", "", key) if section == batch.part else key.rpartition(AT)
        found.setdefault(copy, {})[f"{section} {thing}".strip()] = refused
    return found


def _word(batch: CopyBatch, copies: list[CopyState], at_work: bool) -> str:
    if batch.rolled_back_at is not None:
        return "closing" if at_work else "rolled_back"
    if at_work:
        return "running"
    if all(one.is_settled for one in copies):
        return "done"
    return "stopped" if any(one.refused and not one.copy.left_out for one in copies) else "waiting"


@dataclass(frozen=True, slots=True)
class Living:
    """A copy in which members write: its key, id and how many wrote."""

    key: str
    pk: int
    writers: int


def living_groups(state: BatchState) -> list[Living]:
    """The open copies of a batch in which members wrote, most writers first."""
    there = groups_with_keys([one.copy.key for one in state.copies if one.made])
    ids = {pk: key for key, (pk, closed) in there.items() if not closed}
    found = [Living(ids[pk], pk, writers) for pk, writers in writers_in(ids).items()]
    return sorted(found, key=lambda one: (-one.writers, one.key))


def plan_of_closing_groups(actor: Actor, state: BatchState, spared: Collection[str]) -> Plan:
    """The plan that rolls a batch back: its copies are closed, but those that are spared. Raises NotAllowed."""
    demand(actor, APPLY.key)
    leaving = {one.copy.key for one in state.copies if one.made} - set(spared)
    there = parts_of_groups()
    gone: dict[str, set[str]] = {}
    for part, objects in there.items():
        gone[part] = {key for key in objects if (key if part == GROUPS else key.rpartition(AT)[2]) in leaving}
    wanted = {part: WantedPart({}, keep_others=True, gone=frozenset(keys)) for part, keys in gone.items()}
    plan, _problems = plan_of(actor, wanted)
    return plan
