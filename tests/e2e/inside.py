"""Run as a program in a house's environment: lines of code come in, each as JSON, and what they printed goes out."""

import contextlib
import io
import json
import os
import sys
import traceback

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")

import django

django.setup()

from django.utils.translation import override  # noqa: E402

from hearth.core.models import Community  # noqa: E402
from hearth.core.tenancy import community_scope  # noqa: E402


def run(code: str) -> dict[str, str]:
    """What the code printed, in the village's scope, or how it failed."""
    said = io.StringIO()
    try:
        with override("en"), contextlib.redirect_stdout(said), community_scope(Community.objects.get(key="ward")):
            exec(code, {"Community": Community, "community_scope": community_scope})
    except Exception:  # noqa: BLE001  # the journey is told whatever it was
        return {"failed": traceback.format_exc()}
    return {"said": said.getvalue().strip()}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
