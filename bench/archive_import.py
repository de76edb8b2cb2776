"""How fast a community's history comes in: messages a second into SQLite, search index and facts included.

    .venv/bin/python bench/archive_import.py [ARCHIVE …]

Without arguments the real archives of HEARTH_DATA (default ../shared/data): Zulip streams and a chat of many rooms.
Everything an import does is in: reading, groups, members, entries, messages, index, facts, checkpoints. Prints one line
for each archive.
"""

import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
HOME = tempfile.mkdtemp(prefix="hearth-bench-", dir=os.environ.get("TMPDIR", "/var/tmp"))
os.environ |= {"HEARTH_HOME": HOME, "DJANGO_SETTINGS_MODULE": "hearth.project.settings"}

import django

django.setup()

from django.core.management import call_command

from hearth.carriers.services import import_archive
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.services import found_community

DATA = Path(os.environ.get("HEARTH_DATA") or ROOT.parent / "shared" / "data")
REAL = ("bytecodealliance_zulip", "fcc_gitter", "bytecodealliance_github_events")


def main() -> None:
    """Import each archive into a community of its own and say how fast."""
    call_command("migrate", verbosity=0)
    paths = [Path(name) for name in sys.argv[1:]] or [DATA / name / "messages.ndjson.xz" for name in REAL]
    for number, path in enumerate(paths):
        community = found_community(f"bench-{number}", path.parent.name)
        slowest = 0.0
        last = started = time.perf_counter()
        worked = time.process_time()

        def step(*_: object) -> None:
            nonlocal slowest, last
            moment = time.perf_counter()
            slowest, last = max(slowest, moment - last), moment

        with community_scope(community):
            report = import_archive(house_actor(community.pk), path, step=step)
        took, worked = time.perf_counter() - started, time.process_time() - worked
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"import {path.parent.name}: {report.messages} messages in {took:.1f} s = {report.messages / took:,.0f}/s, "
            f"processor {worked * 1e6 / report.messages:.0f} µs each, "
            f"{report.groups} groups, {report.authors} authors, slowest batch {slowest * 1000:.0f} ms, "
            f"{memory:.0f} MB | SQLite FULL, {platform.machine()}, {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
        )
    shutil.rmtree(HOME)


if __name__ == "__main__":
    main()
