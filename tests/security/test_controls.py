"""The checks over pages find what they look for: one faulty page, each of its faults."""

from dataclasses import replace

import pytest

from tests.security import test_pages as pages
from tests.security.state import digests

pytestmark = pytest.mark.django_db


def test_a_page_that_leaks_runs_breaks_or_writes_is_noticed(world, sham_house):
    """The same checks over one faulty page find each of its faults."""
    before = digests()
    seen = pages.visit("member", world.browsers_of(world.alfa, "member"), "/c/alfa/sham/reading/")
    found = [pages.Walk(world.alfa, [seen], {name for name, digest in digests().items() if digest != before[name]})]
    for check in (
        pages.test_no_page_of_one_community_holds_a_word_of_the_other,
        pages.test_the_readers_saw_their_own_community,
        pages.test_nothing_stored_runs,
        pages.test_no_template_syntax_is_worked_out,
        pages.test_reading_changes_nothing_but_the_mark_of_reading,
    ):
        with pytest.raises(AssertionError):
            check(found)
    nowhere = pages.visit("member", world.browsers_of(world.alfa, "member"), "/c/alfa/nowhere/")
    with pytest.raises(AssertionError):
        pages.test_no_page_breaks_and_no_link_leads_nowhere([pages.Walk(world.alfa, [replace(nowhere, linked=True)])])
