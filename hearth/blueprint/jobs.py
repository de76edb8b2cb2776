"""Long work of blueprint."""

from hearth.blueprint.services import carry_on
from hearth.core.jobs import JobRun, job


@job("blueprint.apply", title="Apply a blueprint", attempts=3, lease=120, lane="long")
def apply_blueprint(run: JobRun, *, application: int) -> dict[str, int]:
    """Carry a revision out, or what is left of it; its steps are the checkpoint. Waiting jobs say ``application``."""
    return carry_on(application, run.progress)
