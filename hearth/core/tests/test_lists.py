"""Members of a list stand in a row with the marks of the reader's language."""

import pytest
from django.template import Context, Template
from django.utils.translation import override

from hearth.core.errors import Refusal
from hearth.core.lists import listed


@pytest.mark.parametrize(
    ("language", "row", "nested"),
    [("en", "Basel, Bern", "gold, silver; bronze"), ("zh-hans", "Basel、Bern", "gold、silver；bronze")],
)
def test_the_comma_is_that_of_the_language(language, row, nested):
    with override(language):
        assert listed(["Basel", "Bern"]) == row
        assert listed([["gold", "silver"], ["bronze"]]) == nested
        assert Template("{{ cities|listed }}").render(Context({"cities": ["Basel", "Bern"]})) == row
        assert str(Refusal("%(what)s!", what=["Basel", "Bern"])) == f"{row}!"


def test_what_somebody_wrote_stays_escaped():
    assert Template("{{ names|listed }}").render(Context({"names": ["<b>", "a"]})) == "&lt;b&gt;, a"
