"""Open-loop load: a fixed number of messages per second over rooms full of members, and when the last copy arrived.

Prints JSON: latencies from handing a message to the socket until the *last* member of its room has it, and until its
acknowledgement is back; copies lost, doubled and out of order.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import re
import resource
import socket
import time

import room_client
import uvloop
from room_client import room_load

MARK = re.compile(rb"HLMKq([0-9a-f]{16})([0-9a-f]{8})Z")
ACK = re.compile(rb'"t":"ack","cid":"([0-9a-f]{24})"')


class Room:
    """Who is in, and what they got."""

    def __init__(self, members: int) -> None:
        self.members = members
        self.copies: dict[int, int] = collections.Counter()
        self.last: dict[int, float] = {}


class Member:
    """One socket: its tail of bytes, the last message it saw."""

    def __init__(self, connection, room: Room, stats: collections.Counter, acks: dict[bytes, float]) -> None:
        self.sock, self.room, self.stats, self.acks = connection.sock, room, stats, acks
        self.tail, self.seen, self.seqs = b"", -1, set()

    def read(self) -> None:
        """Take what came."""
        data = self.sock.recv(1 << 18)
        now = time.monotonic()
        data = self.tail + data
        end = 0
        for found in MARK.finditer(data):
            end = found.end()
            seq = int(found[2], 16)
            if seq in self.seqs:
                self.stats["doubled"] += 1
            self.stats["out_of_order"] += seq < self.seen
            self.seqs.add(seq)
            self.seen = max(self.seen, seq)
            self.room.copies[seq] += 1
            self.room.last[seq] = now
        for found in ACK.finditer(data):
            end = max(end, found.end())
            self.acks.setdefault(found[1], now)
        self.tail = data[max(end, len(data) - 64) :]


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000, 1)


async def measure(args: argparse.Namespace) -> dict:
    """Join, speak at the given rate, listen."""
    loop = asyncio.get_running_loop()
    client = room_client.Live(args)
    gate = asyncio.Semaphore(32)
    stats: collections.Counter = collections.Counter()
    acks: dict[bytes, float] = {}
    rooms = [Room(args.members) for _ in range(args.rooms)]
    senders: list = []
    sockets: list[socket.socket] = []

    async def join(user: int) -> None:
        async with gate:
            connection = await client.open(user, user // args.members, first=False)
        connection.user, connection.room = user, user // args.members
        member = Member(connection, rooms[user // args.members], stats, acks)
        member.tail = connection.buf
        loop.add_reader(connection.sock.fileno(), member.read)
        sockets.append(connection.sock)
        if user % args.members < 3:
            senders.append(connection)

    async def stay_alive() -> None:
        """This client reads no pings; a pong now and then says the same."""
        while True:
            await asyncio.sleep(8)
            for sock in sockets:
                with contextlib.suppress(OSError):
                    sock.send(b"\x8a\x80\0\0\0\0")

    beat = asyncio.create_task(stay_alive())
    began = time.monotonic()
    await asyncio.gather(*(join(user) for user in range(args.rooms * args.members)))
    joined = time.monotonic() - began
    senders.sort(key=lambda sender: (sender.user % args.members, sender.room))
    await asyncio.sleep(args.settle)
    sent: dict[int, tuple[float, int, bytes]] = {}
    pad = room_load.PAD[:60]
    due = time.monotonic()
    for seq in range(int(args.rate * args.seconds)):
        due += 1 / args.rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        sender = senders[seq % len(senders)]
        body = room_load.marker(seq) + pad
        sent[seq] = (time.monotonic(), sender.room, body[5:29].encode())
        await sender.send(client.frame(sender, body))
    await asyncio.sleep(args.drain)
    beat.cancel()
    whole = [
        rooms[room].last[seq] - at for seq, (at, room, _cid) in sent.items() if rooms[room].copies[seq] == args.members
    ]
    acked = [acks[cid] - at for at, _room, cid in sent.values() if cid in acks]
    expected = len(sent) * args.members
    return {
        "messages": len(sent), "joins_per_s": round(args.rooms * args.members / joined),
        "lost": expected - sum(sum(room.copies.values()) for room in rooms) + stats["doubled"],
        "doubled": stats["doubled"], "out_of_order": stats["out_of_order"], "unacknowledged": len(sent) - len(acked),
        "last_p50_ms": percentile(whole, 0.5), "last_p99_ms": percentile(whole, 0.99),
        "last_max_ms": percentile(whole, 1.0),
        "ack_p50_ms": percentile(acked, 0.5), "ack_p99_ms": percentile(acked, 0.99),
    }  # fmt: skip


def main() -> None:
    """Read how, measure, print."""
    ask = argparse.ArgumentParser(description=__doc__)
    for name in ("--port", "--rooms", "--members"):
        ask.add_argument(name, type=int, required=True)
    for name, default in (("--rate", 20.0), ("--seconds", 15.0), ("--settle", 2.0), ("--drain", 3.0)):
        ask.add_argument(name, type=float, default=default)
    ask.add_argument("--host", default="127.0.0.1")
    room_client.Live.args(ask)
    args = ask.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, args.rooms * args.members + 200)), hard))
    socket.setdefaulttimeout(None)
    room_client.set_django_up()
    print(json.dumps(uvloop.run(measure(args))))


if __name__ == "__main__":
    main()
