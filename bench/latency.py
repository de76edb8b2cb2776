"""Latency: 20 messages a second over ten rooms of 300, alone and while `hearth import` writes history beside it.

    bench/latency.py [--rate 20] [--rooms 10] [--members 300] [--seconds 15] [--no-import]

From handing a message to the socket until the last of the room's members has it, every message committed first (SQLite,
synchronous=FULL). Hearth runs as in use: gateway and worker; the rate limit is raised. Prints one line of JSON.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from pathlib import Path

from live_room import LIVE, SEND, house

CLIENT = LIVE / "latency_client.py"
WORDS = (
    *("今天", "值班", "病例", "讨论", "请", "看", "心电图", "药", "剂量"),
    *("please", "check", "the", "new", "guideline", "for", "dosage", "and", "follow", "up", "tomorrow"),
)


def archive(path: Path, messages: int) -> None:
    """History to import: messages of twenty channels."""
    dice = random.Random(5)
    with path.open("w", encoding="utf-8") as out:
        for number in range(messages):
            row = {
                "id": str(number), "channel": f"c{number % 20}", "author": f"a{dice.randrange(400)}",
                "at": 1_700_000_000 + number * 7, "text": " ".join(dice.choices(WORDS, k=14)),
            }  # fmt: skip
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def once(args: argparse.Namespace, people: house.People, home: Path) -> dict:
    """One run of the client."""
    tokens = home / "tokens"
    tokens.write_text("\n".join(people.tokens(args.members)))
    command = [
        sys.executable, str(CLIENT), "--port", os.environ["HEARTH_GATEWAY_PORT"], "--rooms", str(args.rooms),
        "--members", str(args.members), "--rate", str(args.rate), "--seconds", str(args.seconds),
        "--path", "/live?ticket={t0}", "--tokens", str(tokens), "--join", '{"t":"sub","topic":"room:{t1}"}',
        "--joined", '"t":"open"', "--send", SEND,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=CLIENT.parent)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def during_import(args: argparse.Namespace, people: house.People, home: Path) -> dict:
    """The same while an import runs from before the first message until after the last."""
    from hearth.conversation.models import Message
    from hearth.core.tenancy import across_communities

    path = home / "history.ndjson"
    archive(path, 900_000)
    command = (str(Path(sys.executable).with_name("hearth")), "import", str(path), "--community", "history")
    with house.process(*command, log=home / "import.log") as running:
        numbers = once(args, people, home)
        numbers["import_still_ran"] = running.poll() is None
    with across_communities("the bench counts what is kept"):
        numbers["imported"] = Message.objects.filter(historical=True).count()
    return numbers


def main() -> None:
    """Measure, print one line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--rooms", type=int, default=10)
    ask.add_argument("--members", type=int, default=300)
    ask.add_argument("--rate", type=float, default=20)
    ask.add_argument("--seconds", type=float, default=15)
    ask.add_argument("--no-import", action="store_true")
    ask.add_argument("--keep", action="store_true")
    args = ask.parse_args()
    home = house.prepare()
    people = house.seed(args.rooms, args.members, posts_per_minute=0)
    with house.hearth("gateway"), house.hearth("worker"):
        house.wait_for_gateway()
        line = {"bench": "latency", "rate": args.rate, "rooms": args.rooms, "members": args.members}
        line["alone"] = once(args, people, home)
        if not args.no_import:
            line["during_import"] = during_import(args, people, home)
    line |= {"storage": "SQLite synchronous=FULL", "rate_limit": "raised", "machine": house.machine()}
    print(json.dumps(line, ensure_ascii=False))
    if not args.keep:
        house.discard(home)


if __name__ == "__main__":
    main()
