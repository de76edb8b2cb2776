import subprocess
import sys

from hearth.kit.terminal import printable


def test_text_of_strangers_cannot_steer_the_terminal():
    assert printable("a\x1b[31mb\x9b2Jc\u202ed") == "a\ufffd[31mb\ufffd2Jc\ufffdd"


def test_text_stays_on_one_line():
    assert printable("  心内科\r\n second\tline ") == "心内科 second line"


def test_a_terminal_that_knows_only_ascii_hears_question_marks():
    said = "import sys; from hearth.kit.terminal import say_what_can_be_said as ready; ready(); print('a\u2726b')"
    heard = subprocess.run(
        [sys.executable, "-c", said], env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=True
    )
    assert heard.stdout == b"a?b\n"
