"""Names that pretend to be other names, or to be names at all."""

import pytest
from hypothesis import given, strategies as st

from hearth.kit.text import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada\t\nLind ", "Ada Lind"),
        ("Dr \u202egnehC\u202c", "Dr gnehC"),
        ("C\u200bhen\ufeff", "Chen"),
        ("陈\u2066立\u2069", "陈立"),
        ("Ad\x00a\x07", "Ada"),
        ("\u3164\u200b\u2800\u00ad", ""),
        ("\u200d", ""),
        ("👩\u200d⚕️ Bo", "👩\u200d⚕️ Bo"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\ud800b", "ab"),
    ],
)
def test_what_cannot_be_seen_is_left_out(typed, kept):
    assert one_line(typed) == kept


@given(st.text(max_size=60))
def test_a_line_stays_as_it_is_when_read_again(text):
    assert one_line(one_line(text)) == one_line(text)
