"""How fast a table of people comes in, and how much memory it takes: the look-through and the bringing in, on SQLite.

    .venv/bin/python bench/people_import.py [LINES]

Default: 10,000 lines with name, hospital, department, e-mail, phone and a tag, as XLSX. Prints one line for each step:
wall and processor seconds, and the greatest memory of the process so far.
"""

import os
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

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from hearth.core.models import Job
from hearth.core.permissions import Actor, StaffRole
from hearth.core.tenancy import community_scope
from hearth.groups.services import found_community
from hearth.people.models import Member
from hearth.people.services.roster_lines import bring_lines_in
from hearth.people.services.rosters import bring_in, keep_roster, try_roster


def measured(what: str, act):
    """Run a step and print what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = act()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:16} {spent[0]:7.1f} s wall {spent[1]:7.1f} s cpu {peak:6.0f} MB peak", flush=True)
    return found


def table(lines: int) -> bytes:
    """An XLSX file with so many people."""
    path = Path(HOME) / "people.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["姓名", "医院", "科室", "邮箱", "手机", "标签"])
        for n in range(lines):
            row = [f"李敏{n}", f"医院{n % 40}", "心内科", f"p{n}@h.example", f"138{n:08}", "讲师"]
            page.write_row(n + 1, 0, row)
    return path.read_bytes()


def quiet(_done: int, _total: int) -> None:
    """Nobody looks at the progress."""


def main() -> None:
    """Measure the three steps."""
    call_command("migrate", verbosity=0)
    community = found_community("bench", "Bench")
    actor = Actor(community_id=community.pk, staff=frozenset({StaffRole.OPERATOR}))
    data = table(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    with community_scope(community):
        row = measured("upload", lambda: keep_roster(actor, SimpleUploadedFile("people.xlsx", data)))
        print(measured("look through", lambda: try_roster(row.pk, quiet)))
        Job.objects.update(state="done")
        bring_in(actor, row)
        print(measured("bring in", lambda: bring_lines_in(actor, row.pk, quiet)))
        print(Member.objects.count(), "members")


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
