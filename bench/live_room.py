"""Live room: deliveries per second with 300 online, acknowledged = committed, beside ejabberd that keeps all in memory.

    bench/live_room.py [--rooms 1] [--members 300] [--window 4] [--seconds 8] [--no-peer]

Both servers are measured in this one run with the same client and the same numbers of members, senders and messages in
flight. Hearth runs as in use (gateway and worker; SQLite, synchronous=FULL); its rate limit per author is raised,
because three senders speak for the whole room. Prints one line of JSON.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIVE = Path(__file__).with_name("live")
sys.path.insert(0, str(LIVE))
import scratch_house as house  # the folder of what the live benches share

SEND = '{"t":"post","room":{t1},"cid":"{cid}","text":"{body}"}'
CLIENT = LIVE / "room_client.py"


def load(args: argparse.Namespace, *how: str) -> dict:
    """Run the client; its line of numbers."""
    command = [
        sys.executable, str(CLIENT), *how, "--rooms", str(args.rooms), "--members", str(args.members),
        "--window", str(args.window), "--seconds", str(args.seconds), "--rate", str(args.rate),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=CLIENT.parent)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def of_hearth(args: argparse.Namespace) -> dict:
    """The numbers of Hearth, and what its auditors found."""
    home = house.prepare()
    from auditors import Auditors

    from hearth.conversation.models import Entry, Message
    from hearth.core.tenancy import across_communities

    people = house.seed(args.rooms, args.members + 1, posts_per_minute=0)
    with house.hearth("gateway") as gateway, house.hearth("worker"):
        house.wait_for_gateway()
        last = [f"{line}" for line in people.tokens(args.members + 1)][args.members :: args.members + 1]
        auditors = Auditors(last)
        tokens = home / "tokens"
        tokens.write_text("\n".join(people.tokens(args.members)))
        numbers = load(
            args, "ws", "--port", os.environ["HEARTH_GATEWAY_PORT"], "--path", "/live?ticket={t0}",
            "--tokens", str(tokens), "--join", '{"t":"sub","topic":"room:{t1}"}', "--joined", '"t":"open"',
            "--send", SEND, "--server-pid", str(gateway.pid), "--label", "hearth",
        )  # fmt: skip
        time.sleep(1.0)
        auditors.close()
    faults = [0, 0, 0]
    with across_communities("the bench counts what is kept"):
        for heard in auditors.heard:
            kept = Entry.objects.filter(room_id=heard.room).count()
            faults = [a + b for a, b in zip(faults, heard.faults(1, kept), strict=True)]
        numbers["kept"] = Message.objects.count()
    numbers["lost"], numbers["doubled"], numbers["out_of_order"] = faults
    if not args.keep:
        house.discard(home)
    return numbers


def of_ejabberd(args: argparse.Namespace) -> dict:
    """The numbers of ejabberd, archive off."""
    with tempfile.TemporaryDirectory(prefix="hearth-peer-") as folder:
        env = {**os.environ, "RUN": folder}
        started = subprocess.run(
            [str(house.PEERS / "start.sh"), "ejabberd_mem"], capture_output=True, text=True, check=True, env=env
        )
        pid = int(started.stdout.split()[-1])
        try:
            time.sleep(6)
            return load(args, "xmpp", "--port", "15223", "--server-pid", str(pid), "--label", "ejabberd")
        finally:
            os.kill(pid, signal.SIGTERM)
            time.sleep(1.5)


def main() -> None:
    """Measure both, print one line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--rooms", type=int, default=1)
    ask.add_argument("--members", type=int, default=300)
    ask.add_argument("--window", type=int, default=4, help="messages in flight per sender, three senders a room")
    ask.add_argument("--seconds", type=float, default=8)
    ask.add_argument("--rate", type=float, default=0)
    ask.add_argument("--no-peer", action="store_true")
    ask.add_argument("--keep", action="store_true", help="keep the scratch house")
    ask.add_argument("-v", "--verbose", action="store_true")
    args = ask.parse_args()
    peer = None if args.no_peer else of_ejabberd(args)
    ours = of_hearth(args)
    if args.verbose:
        print(json.dumps(ours), json.dumps(peer), sep="\n", file=sys.stderr)
    line = {
        "bench": "live_room", "rooms": args.rooms, "members": args.members, "in_flight_per_room": 3 * args.window,
        "hearth_deliveries_per_s": ours["deliveries_per_s"], "hearth_messages_per_s": ours["msgs_per_s"],
        "hearth_p50_ms": ours["p50_ms"], "hearth_p99_ms": ours["p99_ms"], "hearth_cpu": ours["server_cpu"],
        "hearth_joins_per_s": ours["joins_per_s"], "hearth_mib": ours["pss_mib"],
        "lost": ours["lost"], "doubled": ours["doubled"], "out_of_order": ours["out_of_order"],
        "lost_pct": ours["lost_pct"],
        "storage": "SQLite synchronous=FULL", "rate_limit": "raised",
    }  # fmt: skip
    if peer:
        line |= {
            "ejabberd_deliveries_per_s": peer["deliveries_per_s"], "ejabberd_p50_ms": peer["p50_ms"],
            "ejabberd_p99_ms": peer["p99_ms"], "ejabberd_cpu": peer["server_cpu"],
            "ratio": round(ours["deliveries_per_s"] / max(1, peer["deliveries_per_s"]), 2),
        }  # fmt: skip
    print(json.dumps(line | {"machine": house.machine()}, ensure_ascii=False))


if __name__ == "__main__":
    main()
