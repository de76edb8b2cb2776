"""A worker of its own process for tests, with a job that leaves a trace at every step. Run with ``python -m``."""

import os
import signal
import sys
import time
from importlib import import_module

STEPS = 40


def main() -> None:
    """Set Django up, declare the test's job and handler, work until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    declare()
    worker = import_module("hearth.core.working").Worker(grace=5)
    signal.signal(signal.SIGTERM, lambda *_: worker.ask_to_end())
    sys.exit(0 if worker.run() else 1)


def declare() -> None:
    """The job ``t.steps`` and the handler ``t.echo``."""
    jobs, reactions = import_module("hearth.core.jobs"), import_module("hearth.core.reactions")
    models, transaction = import_module("hearth.core.models"), import_module("django.db").transaction

    @jobs.job("t.steps", lane="long", attempts=2, lease=120)
    def steps(run):
        for step in range(run.row.checkpoint.get("next", 0), STEPS):
            with transaction.atomic():
                models.Community.objects.create(key=f"step-{step}")
                run.checkpoint({"next": step + 1})
            run.progress(step + 1, STEPS)
            time.sleep(0.02)
        return {"steps": STEPS}

    @reactions.on("core_tests.bell_rung", key="t.echo")
    def echo(fact):
        models.Community.objects.create(key=f"echo-{fact.pk}")


if __name__ == "__main__":
    main()
