"""What others may ask about blueprints."""

from hearth.blueprint.queries.history import (
    application_for,
    application_of_job,
    applications,
    drift,
    plan_back,
    steps_of,
    unfinished,
)
from hearth.blueprint.queries.plans import exported, plan_of, plan_of_new, read_blueprint, shapes

__all__ = [
    "application_for",
    "application_of_job",
    "applications",
    "drift",
    "exported",
    "plan_back",
    "plan_of",
    "plan_of_new",
    "read_blueprint",
    "shapes",
    "steps_of",
    "unfinished",
]
