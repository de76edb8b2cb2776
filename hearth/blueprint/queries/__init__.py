"""What others may ask about blueprints."""

from hearth.blueprint.queries.batches import (
    batch_for,
    batches,
    copies_planned,
    left_to_do,
    living_copies,
    plan_of_closing,
)
from hearth.blueprint.queries.copies import batch_of_job, name_of, original_group, state_of
from hearth.blueprint.queries.exporting import export_onto, exported
from hearth.blueprint.queries.history import (
    drift,
    history,
    plan_back,
    revision_for,
    revision_of_job,
    revisions,
    steps_of,
    undone_numbers,
    unfinished,
)
from hearth.blueprint.queries.plans import plan_of, plan_of_new, read_blueprint, shapes

__all__ = [
    "batch_for",
    "batch_of_job",
    "batches",
    "copies_planned",
    "drift",
    "export_onto",
    "exported",
    "history",
    "left_to_do",
    "living_copies",
    "name_of",
    "original_group",
    "plan_back",
    "plan_of",
    "plan_of_closing",
    "plan_of_new",
    "read_blueprint",
    "revision_for",
    "revision_of_job",
    "revisions",
    "shapes",
    "state_of",
    "steps_of",
    "undone_numbers",
    "unfinished",
]
