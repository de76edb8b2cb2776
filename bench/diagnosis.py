"""How long a diagnosis takes, reading included, and how much memory.

    python bench/diagnosis.py [messages groups]

Writes an archive (NDJSON, real texts and rhythms from the chat archives under HEARTH_DATA, dealt into groups), then
reads and diagnoses it in a fresh process. Without arguments: 200,000 messages in 500 groups, then a million in 2,000.
Aims: under 10 s, under 40 s and 2 GB.
"""

import json
import lzma
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any
from zlib import crc32

import django

from hearth.insight.queries.archive import read_archive
from hearth.insight.queries.as_json import diagnosis_json
from hearth.insight.queries.report import diagnosis_html
from hearth.insight.rules.diagnosis import diagnose

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))
SOURCES = ("fcc_gitter", "bytecodealliance_zulip", "ncar_zulip")
QUARTER = 90 * 86_400
SIZES = ((200_000, 500), (1_000_000, 2_000))


def lines() -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Real rows without end: lap, source, row."""
    for lap in count(1):
        for source in SOURCES:
            with lzma.open(DATA / source / "messages.ndjson.xz", "rt", encoding="utf-8") as rows:
                for row in rows:
                    yield lap, source, json.loads(row)


def write(path: Path, messages: int, groups: int) -> None:
    """An archive of real lines: order, authors, threads and replies are kept, channels dealt anew by quarter."""
    dice = random.Random(7)
    with path.open("w", encoding="utf-8") as out:
        for lap, source, row in islice(lines(), messages):
            room = f"{source} {row['ch']} {lap} {row['ts'] // QUARTER}"
            row["ch"] = f"room {crc32(room.encode()) % groups}"
            row["id"] = f"{lap}-{source[:1]}{row['id']}"
            if "re" in row:
                row["re"] = f"{lap}-{source[:1]}{row['re']}"
            row["ts"] += dice.randrange(3600)
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def measure(path: Path) -> None:
    """Read, diagnose, write both forms; print one line of numbers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.test_settings")
    django.setup()  # the report tells the metrics in the words of their declarations
    start = time.perf_counter()
    log = read_archive(path)
    read = time.perf_counter()
    found = diagnose(log)
    done = time.perf_counter()
    page, data = diagnosis_html(found, "bench"), diagnosis_json(found)
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"diagnosis messages={len(log)} groups={len(found.groups)} "
        f"read={read - start:.1f}s diagnose={done - read:.1f}s "
        f"report+json={end - done:.1f}s total={end - start:.1f}s cpu={time.process_time():.1f}s rss={peak:.0f}MB "
        f"html={len(page) / 1e6:.1f}MB json={len(data) / 1e6:.1f}MB cores={os.cpu_count()} "
        f"{platform.machine()} python={platform.python_version()} load={os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    """Measure each size in a fresh process."""
    if len(sys.argv) == 2:
        measure(Path(sys.argv[1]))
        return
    sizes = ((int(sys.argv[1]), int(sys.argv[2])),) if len(sys.argv) == 3 else SIZES
    with tempfile.TemporaryDirectory() as folder:
        for messages, groups in sizes:
            path = Path(folder) / "messages.ndjson"
            write(path, messages, groups)
            subprocess.run([sys.executable, __file__, str(path)], check=True)


if __name__ == "__main__":
    main()
