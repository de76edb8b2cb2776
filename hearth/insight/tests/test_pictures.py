"""Pictures: what happened meanwhile is marked, networks and maps say what they draw and what they leave out."""

import json
import re
from datetime import timedelta

import pytest

from hearth.core.routing import link
from hearth.groups.services import close_group, publish_norms, reopen_group
from hearth.insight.services.measuring import refresh_metrics
from hearth.insight.tests.test_measuring import columns, ward

__all__ = ["columns", "ward"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


def data_of(text: str, chart: str) -> dict:
    """The JSON behind a chart of a page."""
    return json.loads(re.search(rf'<script[^>]* id="{chart}-data"[^>]*>(.*?)</script>', text, re.S)[1])


def test_a_metric_is_marked_with_what_happened_meanwhile(ward, ada, client_of, time_machine):
    begin, _at, cardiology = ward
    refresh_metrics()
    time_machine.move_to(begin + timedelta(days=9, hours=12), tick=False)
    publish_norms(ada.actor, cardiology, text={"en": "Be kind."})
    publish_norms(ada.actor, cardiology, text={"en": "Be kind, and quick."})
    close_group(ada.actor, cardiology)
    reopen_group(ada.actor, cardiology)
    time_machine.move_to(begin + timedelta(days=30, hours=12), tick=False)
    refresh_metrics()
    browser = client_of(ada)
    for query in (f"?group={cardiology.pk}", ""):
        text = browser.get(link("console:metric", "messages_28d") + query).content.decode()
        data = data_of(text, "metric")
        (mark,) = [one for one in data["marks"] if "closed" in one["text"]]
        assert "A group was opened again" in mark["text"]
        assert "New norms were published" in mark["text"]
        shown = [row[0] for row in data["table"]["rows"]]
        happened = (begin + timedelta(days=9)).date().isoformat()
        assert mark["at"] == min(day for day in shown if day > happened)  # the first reading that knows of it
        assert re.search(rf'<li value="{mark["label"]}">', text)
    assert 'aria-live="polite"' in text
    assert 'tabindex="0" aria-roledescription="picture"' in text
