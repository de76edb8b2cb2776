"""Lists as files: in the reader's language and by their clock, and on record with what was taken."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from hearth.people.models import Member

JOINED = datetime(2026, 6, 1, 20, 30, tzinfo=UTC)  # the second of June in Shanghai


@pytest.fixture
def chinese(ada, client_of):
    """Ada's browser; she reads Chinese and lives in Shanghai."""
    ada.user.language, ada.user.time_zone = "zh-hans", "Asia/Shanghai"
    ada.user.save()
    return client_of(ada)


def test_a_csv_file_speaks_the_readers_language_and_keeps_their_clock(chinese, dara, url):
    Member.objects.filter(pk=dara.member.pk).update(joined_at=JOINED)
    answer = chinese.get(url("members") + "?f.joined=2026-06-02..2026-06-02&cols=name,kind,joined&export=csv")
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows == [["名称", "类型", "加入时间"], ["Dara", "专业人士", "2026-06-02T04:30:00+08:00"]]


def test_a_file_that_is_still_being_sent_leaves_its_thread_alone(chinese, dara, url):
    answer = chinese.get(url("members") + "?cols=name&export=csv")
    before = (translation.get_language(), timezone.get_current_timezone_name())
    pieces = iter(answer.streaming_content)
    assert next(pieces).decode("utf-8-sig") == "名称\r\n"
    assert (translation.get_language(), timezone.get_current_timezone_name()) == before == ("en", "UTC")
