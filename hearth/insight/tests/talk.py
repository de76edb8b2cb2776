"""Small logs for tests: people say things in rooms on given days."""

from collections.abc import Iterable

from hearth.insight.rules.catalogue import measure
from hearth.insight.rules.diagnosis import diagnose
from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import Measure
from hearth.insight.rules.replies import read_talk
from hearth.insight.rules.talk_log import Origin, TalkLog
from hearth.insight.rules.talk_log_builder import TalkLogBuilder
from hearth.insight.types import Diagnosis, GroupDiagnosis

START = 1_600_000_000_000
DAY = 86_400_000
NOW = START + 2000 * DAY


class Talk:
    """Collects what is said; days count from ``START``."""

    def __init__(self) -> None:
        self.builder = TalkLogBuilder()
        self.count = 0

    def say(self, day: float, who: str, text: str = "fine", room: str = "ward", **more) -> str:
        self.count += 1
        ident = more.pop("id", f"m{self.count}")
        self.builder.add(room, who, START + int(day * DAY), text, id=ident, **more)
        return ident

    def many(self, days: Iterable[float], people: Iterable[str], text: str = "fine", **more) -> None:
        """Everybody says something on each day, an hour apart."""
        people = list(people)
        for day in days:
            for place, who in enumerate(people):
                self.say(day + place / 24, who, text, **more)

    def log(self) -> TalkLog:
        return self.builder.build(NOW)

    def diagnosis(self, at: float | None = None) -> Diagnosis:
        return diagnose(self.log(), at=None if at is None else START + int(at * DAY))

    def group(self, at: float | None = None, room: str = "ward") -> GroupDiagnosis:
        return next(group for group in self.diagnosis(at).groups if group.name == room)

    def view(self, at: float) -> GroupView:
        moment = START + int(at * DAY)
        log = self.log().until(moment)
        return GroupView(log, read_talk(log), log.groups[0], 0, len(log), moment, 0)

    def metrics(self, at: float) -> dict[str, Measure]:
        return measure(self.view(at))


def codes(group: GroupDiagnosis) -> list[str]:
    return sorted(reason.code.value for reason in group.reasons)


def auto(talk: Talk, **more) -> None:
    """One post by a machine."""
    talk.say(origin=Origin.BOT, **more)
