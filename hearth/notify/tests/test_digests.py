import email
import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.urls import reverse

from hearth.core.jobs import kinds, running_alone
from hearth.core.models import Job
from hearth.core.tenancy import entered
from hearth.kit.clock import now
from hearth.notify.models import Delivery, Notice
from hearth.notify.queries import due_members, failed_deliveries, preference_of
from hearth.notify.rules.timing import is_digest_due, is_quiet, period_of
from hearth.notify.services import close_lost_deliveries, send_digest, set_preference, tell
from tests.ports import free_port
from tests.watching import facts, refused

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour, day=23, minute=0):
    """A Monday in November, in the community's own time."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def say(somebody, group, count=1):
    for n in range(count):
        tell([somebody.member.pk], "groups.welcome", group=group, path=f"/c/stlucas/{n}/")


def send_all():
    with running_alone() as drain, entered(None):
        Job.objects.create(name="notify.send_digests")
        drain()
    return Job.objects.latest("pk").result


def test_quiet_hours_may_cross_midnight():
    night = (time(22), time(7))
    assert [is_quiet(time(hour), *night) for hour in (21, 22, 3, 7)] == [False, True, True, False]
    assert [is_quiet(time(hour), time(12), time(14)) for hour in (11, 12, 14)] == [False, True, False]
    assert not is_quiet(time(3), None, None)
    assert not is_quiet(time(3), time(3), time(3))


def test_a_digest_waits_for_its_hour_its_day_and_the_end_of_the_quiet_hours():
    assert [is_digest_due("daily", at(hour), 8, None, None) for hour in (7, 8, 20)] == [False, True, True]
    assert [is_digest_due("weekly", at(9, day), 8, None, None) for day in (22, 23, 24)] == [False, True, False]
    assert [is_digest_due("daily", at(hour), 6, time(22), time(7)) for hour in (6, 7)] == [False, True]
    late = [is_digest_due("daily", at(hour), 22, time(21), time(7)) for hour in (6, 7, 20, 21, 22)]
    assert late == [False, True, True, False, False]  # not at 22, nor never: when the night is over
    assert [is_digest_due("weekly", at(hour), 23, time(21), time(7)) for hour in (6, 7)] == [False, True]
    assert not is_digest_due("never", at(9), 8, None, None)
    assert (period_of("daily", at(9)), period_of("weekly", at(9))) == ("daily:2026-11-23", "weekly:2026-W48")


def test_only_members_whose_local_hour_has_come_are_due(chen, dara, community, cardiology):
    for somebody in (chen, dara):
        say(somebody, cardiology)
    dara.user.time_zone = "Europe/Berlin"
    dara.user.save()
    assert [member.pk for member, _user, _period in due_members(community, at(9))] == [chen.member.pk]
    assert {member.pk for member, _user, _period in due_members(community, at(16))} == {chen.member.pk, dara.member.pk}


def test_a_digest_goes_out_once_per_day_with_everything_new(chen, community, cardiology, time_machine):
    time_machine.move_to(at(9))
    say(chen, cardiology, 3)
    first = send_all()
    again = send_all()
    assert (first["sent"], again["sent"]) == (1, 0)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "3 new notices in St Lucas"
    assert Notice.objects.filter(mailed_at=None).count() == 0
    time_machine.move_to(at(9, day=24))
    assert send_all()["sent"] == 0
    say(chen, cardiology)
    assert send_all()["sent"] == 1


def test_a_mail_speaks_the_members_language_and_can_be_stopped_by_one_press(chen, cardiology, client, time_machine):
    time_machine.move_to(at(9))
    chen.user.language = "zh-hans"
    chen.user.save()
    say(chen, cardiology)
    send_all()
    sent = mail.outbox[0]
    assert "心内科" in sent.body
    assert "圣路加" in sent.subject
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert 'lang="zh-hans"' in html
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = re.fullmatch(r"<(http://127.0.0.1:\d+)(/\S+)>", sent.extra_headers["List-Unsubscribe"]).group(2)
    assert client.get(url).status_code == 200
    assert preference_of(chen.member.pk).digest == "daily"
    answer = client.post(url, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert preference_of(chen.member.pk).digest == "never"
    assert facts("notify.mail_stopped") == [{"member": chen.member.pk}]


def test_a_forged_unsubscribe_link_stops_nothing(client, community):
    url = reverse("notify:unsubscribe", kwargs={"community": "stlucas", "token": "forged"})
    assert client.post(url).status_code == 404


def test_nobody_without_an_account_or_who_said_never_gets_mail(chen, community, cardiology, time_machine):
    time_machine.move_to(at(9))
    say(chen, cardiology)
    set_preference(chen.actor, digest="never")
    assert send_all()["sent"] == 0
    assert mail.outbox == []


def test_a_mail_that_cannot_be_written_holds_up_no_other(bo, chen, cardiology, time_machine):
    time_machine.move_to(at(17))
    for somebody in (bo, chen):
        say(somebody, cardiology)
    type(bo.user).objects.filter(pk=bo.user.pk).update(time_zone="Atlantis/Nowhere")
    assert send_all() == {"waiting": 0, "sent": 1, "failed": 1, "unknown": 0}
    assert mail.outbox[0].to == [chen.user.email]
    assert "Atlantis" in Delivery.objects.get(outcome="failed").error


def test_what_was_read_is_not_mailed(chen, cardiology, time_machine):
    from hearth.notify.services import mark_all_read

    time_machine.move_to(at(9))
    say(chen, cardiology)
    mark_all_read(chen.actor)
    assert send_all()["sent"] == 0


class Keeping:
    """A real SMTP server that keeps what it accepts, or refuses."""

    def __init__(self):
        self.kept = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  the library's name
        if self.answer.startswith("250"):
            self.kept.append(email.message_from_bytes(envelope.content))
        return self.answer


@pytest.fixture
def smtp(settings):
    keeping = Keeping()
    controller = Controller(keeping, hostname="127.0.0.1", port=0)
    controller.port = free_port()
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield keeping
    controller.stop()


def test_a_real_mail_server_gets_both_parts_and_the_headers(chen, cardiology, smtp, time_machine):
    time_machine.move_to(at(9), tick=True)
    say(chen, cardiology)
    assert send_all()["sent"] == 1
    (got,) = smtp.kept
    assert got["To"] == chen.user.email
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in got.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert Delivery.objects.get().outcome == "sent"


def test_a_refused_mail_is_shown_and_its_notices_come_with_the_next_digest(ada, chen, cardiology, smtp, time_machine):
    time_machine.move_to(at(9), tick=True)
    say(chen, cardiology)
    smtp.answer = "550 mailbox unavailable"
    assert send_all()["failed"] == 1
    assert send_all()["failed"] == 0
    lost = failed_deliveries(ada.actor).get()
    assert (lost.outcome, "550" in lost.error) == ("failed", True)
    smtp.answer = "250 OK"
    time_machine.move_to(at(9, day=24), tick=True)
    assert send_all()["sent"] == 1
    assert len(smtp.kept) == 1


def test_failed_mails_are_for_operators_eyes(dara):
    with refused("not_allowed"):
        failed_deliveries(dara.actor)


def test_a_claimed_delivery_is_never_sent_again_and_becomes_unknown(chen, cardiology, time_machine):
    time_machine.move_to(now())
    say(chen, cardiology)
    Delivery.objects.create(member=chen.member, channel="mail", key="daily:2026-11-23")  # the sender died here
    assert send_digest(chen.member, chen.user, "daily:2026-11-23") is None
    assert close_lost_deliveries() == 0
    time_machine.shift(timedelta(hours=2))
    assert close_lost_deliveries() == 1
    assert Delivery.objects.get().outcome == "unknown"
    assert mail.outbox == []


def test_two_senders_at_once_send_one_mail(chen, cardiology, time_machine):
    time_machine.move_to(at(9))
    say(chen, cardiology)
    first = send_digest(chen.member, chen.user, "daily:2026-11-23")
    second = send_digest(chen.member, chen.user, "daily:2026-11-23")
    assert (first.outcome, second) == ("sent", None)
    assert len(mail.outbox) == 1


def test_the_job_is_scheduled_every_hour():
    assert kinds["notify.send_digests"].cron == "7 * * * *"
