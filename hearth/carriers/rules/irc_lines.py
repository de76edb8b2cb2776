"""One line of an IRC log: when, and what happened.

Written by irssi, WeeChat, ZNC, EnergyMech, mIRC, HexChat and XChat, and by the bots behind public logs (Ubuntu's
``=== ada [~ada@host] has joined #ward``). They differ in the stamp and in the mark before what is no talk; the rest is
alike. Sources: the clients' default log formats (irssi.org/documentation, weechat.org/doc, wiki.znc.in/Log,
hexchat.readthedocs.io, mirc.com/help).
"""

import re
from typing import NamedTuple

_MONTHS = {name: at for at, name in enumerate(("jan feb mar apr may jun jul aug sep oct nov dec").split(), 1)}  # noqa: SIM905
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_STAMP = re.compile(
    r"(?:(?P<place>[#&]?[\w.+-]{1,60})\s+(?=\d{4}-\d\d-\d\d[ T]))?"
    r"\[?(?:(?P<day>\d{4}-\d\d-\d\d)[ T]\[?|(?P<month>" + _MONTH + r")\s+(?P<mday>\d{1,2})\s+)?"
    r"(?P<h>[0-2]?\d):(?P<m>[0-5]\d)(?::(?P<s>[0-6]\d))?(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?\]?(?=[ \t])"
)
_DAY_ONLY = re.compile(r"[#&]?[\w.+-]{1,60}\s+(\d{4}-\d\d-\d\d)\s+(?====)")
_SAID = re.compile(r"<\s*[@+%&~!]?\s?(?P<nick>[^\s<>]{1,64})\s?>[ \t]?(?P<text>.*)", re.DOTALL)
_NOTICE = re.compile(r"-(?P<nick>[^\s:-][^\s:]{0,63}?)(?::#[^\s]{1,64})?-[ \t](?P<text>.*)", re.DOTALL)
_TABBED = re.compile(r"[@+%&~!]?(?P<nick>[^\s@+%&~!][^\s]{0,63})\t(?P<text>.*)", re.DOTALL)
_MARK = re.compile(r"(?P<mark>-!-|\*\*\*|===|-->|<--|--|\*)(?:[ \t]+|$)(?P<rest>.*)", re.DOTALL)
_HOST = r"[\[(<][^\s\])>]{0,300}[\])>]"
_ROOM = r"(?P<room>[#&+!]\S{1,64})"
_JOIN = re.compile(
    r"Joins: (?P<nick>\S{1,64})(?=\s|$)"
    rf"|(?P<nick2>\S{{1,64}}) (?:{_HOST}\s+)?(?:has joined(?: {_ROOM})?|entered the room)"
)
_LEAVE = re.compile(
    r"Parts: (?P<nick>\S{1,64})(?=\s|$)"
    r"|(?P<op>\S{1,64}) has kicked (?P<nick3>\S{1,64})"
    rf"|(?P<nick2>\S{{1,64}}) (?:{_HOST}\s+)?(?:has left\b|left the room(?! \(quit)"
    r"|was kicked(?:(?: (?:from|off) \S{1,64})? by (?P<op2>\S{1,64}))?)"
)
_QUIT = re.compile(
    r"Quits: (?P<nick>\S{1,64})(?=\s|$)"
    rf"|(?P<nick2>\S{{1,64}}) (?:{_HOST}\s+)?(?:has quit\b|Quit\b|left the room \(quit)"
)
_MOVES = (("join", _JOIN), ("leave", _LEAVE), ("quit", _QUIT))
_RENAMED = re.compile(r"(?P<nick>\S{1,64}) is now known as (?P<text>\S{1,64})$")
_PLATFORM = re.compile(
    r"(?:mode/|Mode \S+ \[|Topic |Irssi: |ServerMode|Channel |Now talking|You(?:'re| are) now|Home page|Disconnected|"
    r"Netsplit |\[|\S+ (?:sets? (?:mode|topic)|changed the topic|has changed topic|gives |removes |changes topic))"
)
_SESSION = re.compile(
    r"(?:--- |\*{4} |)(?:Log (?:opened|closed)|Day changed|(?:BEGIN|ENDING) LOGGING AT|Session (?:Start|Time|Close):)"
    r"(?: to)?\s+(?P<date>.{6,40})$"
)
_IDENT = re.compile(r"Session Ident: (?P<room>\S{1,64})")
_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\S*\s+)?(?:"
    rf"(?P<month>{_MONTH})\w*\s+(?P<day>\d{{1,2}})(?:\s+\d\d:\d\d(?::\d\d)?)?(?:\s+[A-Z]{{2,5}})?,?\s+(?P<year>\d{{4}})"
    rf"|(?P<day2>\d{{1,2}})\.?\s+(?P<month2>{_MONTH})\w*\s+(?P<year2>\d{{4}})"
    r"|(?P<year3>\d{4})-(?P<month3>\d\d)-(?P<day3>\d\d))"
)
_COLOURS = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04[0-9a-fA-F]{6}|[\x00-\x08\x0b-\x1f\x7f]")


class Line(NamedTuple):
    """What a line tells. ``kind`` is said, action, notice, join, leave, quit, renamed, platform, day, room or ""
    (unknown).

    ``day`` is (year, month, day) where the line names one, with year 0 where it names none; ``clock`` the seconds
    since midnight, -1 without. Of a kick, ``text`` is who did it; of a new nick, the nick.
    """

    kind: str
    nick: str = ""
    text: str = ""
    day: tuple[int, int, int] | None = None
    clock: int = -1
    room: str = ""


def read_line(raw: str) -> Line:
    """Understand one line; colours and other control characters are taken away."""
    line = _COLOURS.sub("", raw).rstrip()
    stamp = _STAMP.match(line)
    if stamp is None:
        return _without_stamp(line)
    clock = int(stamp["h"]) * 3600 + int(stamp["m"]) * 60 + int(stamp["s"] or 0)
    body = line[stamp.end() :]
    kind, nick, text, room = _event(body)
    return Line(kind, nick, text, _day_of(stamp), clock, stamp["place"] or room)


def day_in(text: str) -> tuple[int, int, int] | None:
    """The day that a session line names: ``Tue Mar 05 14:03:11 2024``."""
    found = _DATE.search(text)
    if found is None:
        return None
    for tail in ("", "2", "3"):
        if found[f"year{tail}"]:
            month = found[f"month{tail}"]
            number = int(month) if month.isdigit() else _MONTHS[month.lower()]
            return int(found[f"year{tail}"]), number, int(found[f"day{tail}"])
    return None


def _day_of(stamp: re.Match[str]) -> tuple[int, int, int] | None:
    if stamp["day"]:
        year, month, day = stamp["day"].split("-")
        return int(year), int(month), int(day)
    return (0, _MONTHS[stamp["month"].lower()], int(stamp["mday"])) if stamp["month"] else None


def _without_stamp(line: str) -> Line:
    ident = _IDENT.match(line)
    if ident:
        return Line("room", room=ident["room"])
    session = _SESSION.match(line)
    if session:
        return Line("day", day=day_in(session["date"]))
    dated = _DAY_ONLY.match(line)
    day = None
    if dated:
        year, month, number = dated[1].split("-")
        line, day = line[dated.end() :], (int(year), int(month), int(number))
    if line.startswith("=== "):
        kind, nick, text, room = _event(" " + line)
        return Line(kind, nick, text, day, -1, room)
    return Line("" if line.strip() else "platform")


def _event(body: str) -> tuple[str, str, str, str]:
    """Kind, nick, text and room of what follows the stamp."""
    spoken = body[1:] if body[:1] == "\t" and body[1:2] not in " " else ""
    if spoken:  # WeeChat: columns
        tabbed = _TABBED.match(spoken)
        if tabbed and not _MARK.match(spoken):
            return "said", tabbed["nick"], tabbed["text"], ""
    body = body.lstrip()
    said = _SAID.match(body)
    if said:
        return "said", said["nick"], said["text"].strip(), ""
    mark = _MARK.match(body)
    if mark:
        return _marked(mark["mark"], mark["rest"].strip())
    notice = _NOTICE.match(body)
    return ("notice", notice["nick"], notice["text"].strip(), "") if notice else ("", "", "", "")


def _marked(mark: str, rest: str) -> tuple[str, str, str, str]:
    head = rest[:800]
    renamed = _RENAMED.match(head)
    if renamed:
        return "renamed", renamed["nick"], renamed["text"], ""
    for kind, pattern in _MOVES:
        found = pattern.match(head)
        if found and (mark not in ("*", "===") or _is_told(found, head)):
            groups = found.groupdict()
            who = groups["nick"] or groups["nick2"] or groups.get("nick3") or ""
            return kind, who, groups.get("op") or groups.get("op2") or "", groups.get("room") or ""
    if mark in ("*", "===") and not _PLATFORM.match(head):
        nick, _, text = rest.partition(" ")
        return "action", nick.lstrip("@+%&~"), text.strip(), ""
    return "platform", "", "", ""


def _is_told(found: re.Match[str], head: str) -> bool:
    """Whether the client says it: an action may say “has joined us”, so a host, room or reason must follow."""
    rest = head[: found.end()]
    return (
        "@" in rest
        or "room" in rest
        or " kicked" in rest
        or bool(re.search(r"Quit\b|(?:left|quit) [\[(]|[#&]\S", head))
    )
