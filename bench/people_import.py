"""How fast a table of people comes in, how much memory it takes, and how long others wait meanwhile, on SQLite.

    .venv/bin/python bench/people_import.py [LINES]

Default: 10,000 lines with name, hospital, department, e-mail, phone and a tag, as XLSX, into a group whose door asks
for an approval, past it with a reason. Prints one line for each step: wall and processor seconds, queries, how often
progress was told, the longest portion (processor), and the greatest memory of the process so far.
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
from django.db import connection

from hearth.core.models import Job
from hearth.core.permissions import Actor, StaffRole, house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.services import change_gates, found_community, open_group
from hearth.people.models import Member, Roster
from hearth.people.services.roster_back import take_lines_back
from hearth.people.services.roster_lines import bring_lines_in
from hearth.people.services.rosters import bring_in, keep_roster, try_roster


class Watch:
    """What is told and asked while a step works."""

    def __init__(self) -> None:
        self.ticks = self.queries = 0
        self.longest, self.last = 0.0, time.process_time()

    def tick(self, _done: int, _total: int) -> None:
        """Progress, as a job tells it."""
        moment = time.process_time()
        self.ticks, self.longest, self.last = self.ticks + 1, max(self.longest, moment - self.last), moment

    def asked(self, execute, sql, params, many, context):
        """Count a query."""
        self.queries += 1
        return execute(sql, params, many, context)


def measured(what: str, act):
    """Run a step and print what it took."""
    wall, cpu, watch = time.perf_counter(), time.process_time(), Watch()
    with connection.execute_wrapper(watch.asked):
        found = act(watch.tick)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = f"{watch.queries} queries, progress told {watch.ticks} times"
    longest = f", longest portion {watch.longest:.2f} s" if watch.ticks else ""
    print(f"{what}: processor {cpu:.1f} s, wall {wall:.1f} s, {told}{longest}, {peak:.0f} MB; {found}", flush=True)


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


def main() -> None:
    """Measure the steps."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    call_command("migrate", verbosity=0)
    community = found_community("bench", "Bench")
    with community_scope(community):
        house = house_actor(community.pk)
        group = open_group(house, name="Cardiology", capacity=lines)
        change_gates(house, group, [{"from": 0, "conditions": [{"kind": "approval", "by": "staff"}]}])
        actor = Actor(community_id=community.pk, staff=frozenset({StaffRole.OPERATOR}))
        row = keep_roster(actor, SimpleUploadedFile("people.xlsx", table(lines)))
        aim = {"group_id": group.pk, "why": "Members of the old list"}
        Roster.objects.filter(pk=row.pk).update(**aim)
        print(f"{lines} people (load {os.getloadavg()[0]:.1f})")
        measured("look through", lambda tick: try_roster(row.pk, tick))
        Job.objects.update(state="done")
        bring_in(actor, row)
        measured("bring in", lambda tick: bring_lines_in(actor, row.pk, tick))
        group.refresh_from_db()
        print(f"{Member.objects.count()} members, {group.member_count} in the group")
        measured("take back", lambda tick: take_lines_back(actor, row.pk, tick))


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
