"""How fast archives are read: messages a second per format, and the memory it took.

    .venv/bin/python bench/readers.py [--messages 100000] [--megabytes 0]

Archives are made on the spot, always the same for one size. ``--megabytes 1000`` also reads a message archive, a table
and a JSON array of that size each, one process for each so that the memory reported is its own. Prints one line.
"""

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hearth.carriers.queries import open_archive
from hearth.carriers.types import ArchiveMessage

WORDS = (
    "ward round patient night dose check blood pressure thanks who covers tonight 今晚 值班 复查 血压 记录 明天 谢谢"
)
START = 1_600_000_000


def talk(count: int) -> Iterator[tuple[int, int, str, str, str]]:
    """Id, seconds, channel, author, text."""
    dice, words = random.Random(7), WORDS.split()
    for number in range(count):
        text = " ".join(dice.choices(words, k=dice.randint(3, 30)))
        yield number, START + number * 20, f"ward {number % 40}", f"u{int(dice.paretovariate(1)) % 900}", text


def as_lines(count: int, path: Path) -> None:
    """A message archive."""
    with path.open("w") as file:
        for ident, at, channel, author, text in talk(count):
            file.write(
                json.dumps({"id": str(ident), "ts": at, "ch": channel, "u": author, "t": text}, ensure_ascii=False)
                + "\n"
            )


def as_table(count: int, path: Path) -> None:
    """A table with a Chinese header."""
    with path.open("w") as file:
        file.write("id,时间,群,发言人,内容\n")
        for ident, at, channel, author, text in talk(count):
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
            file.write(f'{ident},{when},{channel},{author},"{text}"\n')


def as_array(count: int, path: Path) -> None:
    """One JSON array."""
    with path.open("w") as file:
        for ident, at, channel, author, text in talk(count):
            row = {"id": ident, "created_at": at, "channel": channel, "author": author, "content": text}
            file.write(("[" if ident == 0 else ",\n") + json.dumps(row, ensure_ascii=False))
        file.write("]")


def as_slack(count: int, path: Path) -> None:
    """A Slack export."""
    days: dict[str, list[dict[str, object]]] = {}
    for ident, at, channel, author, text in talk(count):
        day = time.strftime("%Y-%m-%d", time.gmtime(at))
        event = {
            "type": "message",
            "user": author,
            "ts": f"{at}.{ident:06d}",
            "text": f"<@u1> {text} <https://e.org/{ident}|plan> &amp; *so*",
        }
        days.setdefault(f"{channel}/{day}.json", []).append(event)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", json.dumps([{"id": f"u{n}", "name": f"n{n}"} for n in range(900)]))
        archive.writestr("channels.json", json.dumps([{"id": f"C{n}", "name": f"ward {n}"} for n in range(40)]))
        for name, events in days.items():
            archive.writestr(name, json.dumps(events, indent=4))


def as_zulip_archive(count: int, path: Path) -> None:
    """A zulip-archive."""
    topics: dict[str, list[dict[str, object]]] = {}
    for ident, at, channel, author, text in talk(count):
        content = f'<p><span class="user-mention" data-user-id="1">@Ada</span> {text} <a href="https://e.org/{ident}">plan</a></p>\n<p><em>so</em></p>'
        row = {"id": ident, "timestamp": at, "sender_full_name": author, "content": content}
        topics.setdefault(f"json/{int(channel[5:])}-ward/topic.20{ident % 10}.json", []).append(row)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in topics.items():
            archive.writestr(name, json.dumps(rows, indent=4))


def as_zulip_realm(count: int, path: Path) -> None:
    """A Zulip organisation export, a reaction to every fifth message."""
    realm = {
        "zerver_userprofile": [{"id": n, "full_name": f"n{n}", "email": f"n{n}@e.org"} for n in range(900)],
        "zerver_stream": [{"id": n, "name": f"ward {n}"} for n in range(40)],
        "zerver_recipient": [{"id": n, "type": 2, "type_id": n} for n in range(40)],
        "zerver_reaction": [{"message": n, "user_profile": n % 900, "emoji_name": "+1"} for n in range(0, count, 5)],
    }
    rows = [
        {
            "id": i,
            "sender": int(u[1:]),
            "recipient": int(c[5:]),
            "subject": "t",
            "content": f"@**n1** {t}",
            "date_sent": at + 0.5,
        }
        for i, at, c, u, t in talk(count)
    ]
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        files = {"e/realm.json": realm}
        files |= {
            f"e/messages-{n // 1000 + 1:06d}.json": {"zerver_message": rows[n : n + 1000]}
            for n in range(0, count, 1000)
        }
        for name, content in files.items():
            data = json.dumps(content).encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, BytesIO(data))


FORMATS = {
    "messages": (as_lines, "talk.ndjson"),
    "table": (as_table, "talk.csv"),
    "array": (as_array, "talk.json"),
    "slack": (as_slack, "slack.zip"),
    "zulip-archive": (as_zulip_archive, "zulip.zip"),
    "zulip-realm": (as_zulip_realm, "realm.tar.gz"),
}


def measured(path: Path) -> tuple[int, float, int]:
    """Messages, seconds, and peak memory in megabytes of a process that reads ``path``."""
    out = subprocess.run(
        [sys.executable, __file__, "--read", str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    return int(out[0]), float(out[1]), int(out[2])


def read_once(path: Path) -> None:
    """Read all of it and print messages, seconds and megabytes."""
    begun = time.perf_counter()
    with open_archive(path) as archive:
        count = sum(type(record) is ArchiveMessage for record in archive.read())
    taken = time.perf_counter() - begun
    print(count, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def main() -> None:
    """Measure every format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--megabytes", type=int, default=0)
    parser.add_argument("--read", type=Path)
    options = parser.parse_args()
    if options.read:
        read_once(options.read)
        return
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (make, file) in FORMATS.items():
            path = Path(folder) / file
            make(options.messages, path)
            count, seconds, memory = measured(path)
            if count != options.messages:
                raise SystemExit(f"{name}: {count} of {options.messages} messages came through")
            parts.append(f"{name} {count / seconds:,.0f}/s {memory} MB")
            if options.megabytes and name in ("messages", "table", "array"):
                per_message = path.stat().st_size / options.messages
                make(int(options.megabytes * 1_000_000 / per_message), path)
                count, seconds, memory = measured(path)
                parts.append(
                    f"{name} of {path.stat().st_size // 1_000_000} MB {count:,} in {seconds:.0f} s {memory} MB"
                )
            path.unlink()
    machine = f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
    print(f"readers: {'; '.join(parts)} ({machine})")


if __name__ == "__main__":
    main()
