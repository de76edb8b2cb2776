"""What was applied, what became of it, and the way back."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from hearth.blueprint.models import Revision, Step
from hearth.blueprint.queries.copies import BatchState, name_of, state_of
from hearth.blueprint.queries.plans import plan_of, read_blueprint
from hearth.blueprint.rules.planning import way_back, with_later, without
from hearth.blueprint.rules.undoing import undone
from hearth.blueprint.types import Plan, Wanted, WantedPart
from hearth.core.errors import NotFound
from hearth.core.models import Community
from hearth.core.permissions import RUN_COMMUNITY, Actor, demand
from hearth.groups.rules.keys import is_key
from hearth.kit.described import Change


def revisions(actor: Actor) -> QuerySet[Revision]:
    """What was applied to the community, the newest first, with ``steps_done``, ``steps_refused``, ``steps_all``.

    Raises NotAllowed.
    """
    demand(actor, RUN_COMMUNITY.key)
    refused = Q(steps__done_at__isnull=False) & ~Q(steps__refused={})
    rows = Revision.objects.select_related("job", "undoes", "batch").order_by("-number")
    return rows.annotate(
        steps_all=Count("steps"),
        steps_done=Count("steps", filter=Q(steps__done_at__isnull=False, steps__refused={})),
        steps_refused=Count("steps", filter=refused),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history: a revision with its counts, or all those that made the copies of one ``batch``.

    With a batch, ``row`` is the newest of them, or the one that took the batch back, and ``numbers`` those of all of
    them. ``undone``: no longer in force.
    """

    row: Revision
    numbers: tuple[int, ...]
    batch: BatchState | None = None
    undone: bool = False


def history(actor: Actor, most: int) -> list[Entry]:
    """The newest ``most`` lines of the history, three queries for each batch among them. Raises NotAllowed."""
    gone = undone_numbers()
    parts = _numbers_of_batches()
    found: list[Entry] = []
    made: set[int] = set()
    for row in revisions(actor).iterator():
        if row.batch_id is not None and row.undoes_id is None:
            if row.batch_id in made:
                continue
            made.add(row.batch_id)
            found.append(_entry(row, tuple(parts[row.batch_id]), gone))
        else:
            found.append(_entry(row, (row.number,), gone))
        if len(found) == most:
            break
    return found


def _numbers_of_batches() -> dict[int, list[int]]:
    """Batch → the numbers of the revisions that made its copies."""
    found: dict[int, list[int]] = {}
    rows = Revision.objects.filter(batch__isnull=False, undoes=None).order_by("number")
    for batch, number in rows.values_list("batch_id", "number"):
        found.setdefault(batch, []).append(number)
    return found


def _entry(row: Revision, numbers: tuple[int, ...], gone: set[int]) -> Entry:
    if row.batch is None:
        return Entry(row, numbers, None, row.number in gone)
    return Entry(row, numbers, state_of(row.batch), row.undoes_id is None and row.batch.rolled_back_at is not None)


def said_of(entry: Entry) -> str:
    """What a line of the history tells, for the command line and the console alike."""
    row, batch = entry.row, entry.batch
    if batch is not None:
        told = _("Roll-back of the copies of %(name)s") if row.undoes_id else _("Copies of %(name)s")
        return told % {"name": name_of(batch.batch)}
    if row.undoes is None:
        is_original = row.upkeep and is_key(row.source, 60)  # else a sentence, as earlier versions stored it
        return _("Copies of %(name)s") % {"name": row.source} if is_original else row.source
    return _("Roll-back to before revision %(number)s") % {"number": row.undoes.number}


def undone_numbers() -> set[int]:
    """The numbers of revisions that a whole way back took back; what batches made is not among them."""
    bad = Step.objects.filter(revision=OuterRef("pk"), done_at__isnull=False).exclude(refused={})
    rows = Revision.objects.filter(batch=None).annotate(bad=Exists(bad)).order_by("-number")
    told = rows.values_list("number", "undoes__number", "ended_at", "stopped", "bad")
    return undone(
        (number, back if ended and not (stopped or some) else None) for number, back, ended, stopped, some in told
    )


def revision_for(actor: Actor, number: int) -> Revision:
    """A revision by its number in the community. Raises NotAllowed, NotFound."""
    found = revisions(actor).filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


def unfinished(actor: Actor) -> Revision | None:
    """The revision that waits, runs or was interrupted; None when there is none. Raises NotAllowed."""
    return revisions(actor).filter(ended_at=None).first()


def revision_of_job(job_id: int) -> int | None:
    """The number of the revision that a job carries out; None for other jobs."""
    return Revision.objects.filter(job=job_id).values_list("number", flat=True).first()


def steps_of(revision: Revision) -> QuerySet[Step]:
    """The steps of a revision in their order."""
    return revision.steps.order_by("number")


def _changes(steps: Iterable[Step]) -> list[Change]:
    return [Change(step.section, step.key, step.kind, step.before, step.after) for step in steps]  # type: ignore[arg-type]


def plan_back(actor: Actor, revision: Revision) -> Plan:
    """The plan to what stood before a revision: undoes it and everything applied since. Raises NotAllowed."""
    steps = Step.objects.filter(revision__number__gte=revision.number, done_at__isnull=False, refused={})
    wanted = way_back(_changes(steps.order_by("revision__number", "number")))
    plan, _problems = plan_of(actor, wanted)
    return plan


@dataclass(frozen=True, slots=True)
class Drift:
    """What was changed by hand since ``revision``: each change from what was applied to what stands."""

    revision: Revision
    changes: tuple[Change, ...]


BY_HAND = {"create": "remove", "change": "change", "remove": "create"}


def drift(actor: Actor) -> Drift | None:
    """What was changed by hand since the last revision; None where nothing was applied yet. Raises NotAllowed.

    What of it was refused, or never done, is compared with what stood before. Copies describe nothing but themselves:
    what a blueprint says of the rest is still what was meant, and what they did since was not done by hand.
    """
    described = Q(undoes__isnull=False) | ~Q(files=[])
    last = revisions(actor).filter(described, ended_at__isnull=False, batch=None).first()
    if last is None:
        return None
    undone = steps_of(last).filter(Q(done_at=None) | ~Q(refused={}))
    since = Step.objects.filter(revision__number__gt=last.number, done_at__isnull=False, refused={})
    later = _changes(since.order_by("revision__number", "number"))
    plan, _problems = plan_of(actor, with_later(without(_wanted(last), _changes(undone)), later))
    return Drift(
        last,
        tuple(
            Change(one.change.section, one.change.key, BY_HAND[one.change.kind], one.change.after, one.change.before)  # type: ignore[arg-type]
            for one in plan.changes
        ),
    )


def _wanted(revision: Revision) -> Wanted:
    """What a revision wanted: by its files, or, for a way back, by its steps."""
    if not revision.files:
        return _by_steps(_changes(steps_of(revision)))
    language = Community.objects.values_list("language", flat=True).get(pk=revision.community_id)
    description, _problems = read_blueprint([(name, text.encode()) for name, text in revision.files], language=language)
    return description.wanted


def _by_steps(changes: Iterable[Change]) -> Wanted:
    made: Wanted = {}
    for change in changes:
        part = made.get(change.section) or WantedPart({}, keep_others=True)
        if change.kind == "remove":
            made[change.section] = WantedPart(part.objects, keep_others=True, gone=part.gone | {change.key})
        else:
            made[change.section] = WantedPart(
                {**part.objects, change.key: change.after}, keep_others=True, gone=part.gone
            )
    return made
