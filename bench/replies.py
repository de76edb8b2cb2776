"""How often an inferred reply points where people said it does: annotated IRC logs under HEARTH_DATA.

python bench/replies.py

Gold: links drawn by hand between a message and the earlier ones it answers (Kummerfeld et al. 2019). Asked of messages
that answer somebody else: was the right message found, was the right person. No replies or threads are given.
"""

import os
import re
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from hearth.insight.rules.replies import read_talk
from hearth.insight.rules.talk_log_builder import TalkLogBuilder

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HEARTH_DATA", ROOT.parent / "shared" / "data"))
LINE = re.compile(r"\[(\d\d):(\d\d)\] <([^>]+)> (.*)")
DAY_MS = 86_400_000


def predicted(raw: str) -> tuple[dict[int, int], dict[int, str]]:
    """Line number to the line it was found to answer, and who wrote each line."""
    builder, who = TalkLogBuilder(), dict[int, str]()
    lines = raw.splitlines()
    names = {found.group(3) for line in lines if (found := LINE.match(line))}
    day, last = 1, -1
    for number, line in enumerate(lines):
        found = LINE.match(line)
        if not found:
            continue
        hour, minute, author, text = found.groups()
        now = int(hour) * 60 + int(minute)
        day += now < last
        last = now
        who[number] = author
        called = re.match(r"\s*([^\s:,]+)[:,]", text)
        mentions = (called.group(1),) if called and called.group(1) in names else ()
        builder.add("room", author, day * DAY_MS + now * 60_000 + number, text, id=str(number), mentions=mentions)
    log = builder.build(400 * DAY_MS)
    target = read_talk(log).target
    return {int(log.message_id(row)): int(log.message_id(target[row])) for row in np.flatnonzero(target >= 0)}, who


def main() -> None:
    """Print precision and recall over the development logs."""
    exact = person = linked = gold = 0
    with zipfile.ZipFile(DATA / "irc_disentangle" / "annotated.zip") as archive:
        for name in archive.namelist():
            if "/dev/" not in name or not name.endswith("annotation.txt"):
                continue
            parents: dict[int, set[int]] = defaultdict(set)
            for line in archive.read(name).decode().splitlines():
                earlier, later = sorted(int(part) for part in line.split()[:2])
                if earlier != later:
                    parents[later].add(earlier)
            raw = archive.read(name.replace("annotation", "raw")).decode("utf-8", "replace")
            found, who = predicted(raw)
            for later, earlier in parents.items():
                others = {one for one in earlier if who.get(one) not in (None, who.get(later))}
                if later not in who or not others:
                    continue
                gold += 1
                if later in found:
                    linked += 1
                    exact += found[later] in others
                    person += who[found[later]] in {who[one] for one in others}
    print(
        f"replies inferred gold={gold} found={linked / gold:.3f} right_message={exact / linked:.3f} "
        f"right_person={person / linked:.3f}"
    )


if __name__ == "__main__":
    main()
