"""Text of strangers on a terminal: what would move the cursor, change colours or turn a line round becomes a mark."""

import io
import re
import sys

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def say_what_can_be_said() -> None:
    """On a terminal that knows fewer characters than we write, the others become question marks and no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def printable(text: str) -> str:
    """``text`` on one line, with every control and direction character replaced."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))
