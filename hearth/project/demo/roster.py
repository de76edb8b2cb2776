"""Who lives in the demonstration: the cast, three hundred people, their memberships, roles and badges."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hearth.project.demo.badges import make_badges, make_roles
from hearth.project.demo.clock import local
from hearth.project.demo.names import Name, NameMaker
from hearth.project.demo.scripts import DEPARTMENTS, HOSPITALS, SCRIPT_OF, SCRIPTS, TITLES, Script
from hearth.project.demo.shapes import DemoMembership, DemoPerson, DemoRole, DemoVerification, Words

FOUNDED_BEFORE = timedelta(days=8)
NORMS_VERSION_CHANGED_ON = 40
STAFF = (
    ("Ada Lindqvist", "林爱达", "f", "ada@hearth.example", "operator", "Operations lead"),
    ("Mei Sutanto", "苏美", "f", "mei@hearth.example", "", "Community assistant"),
    ("Oscar Brandt", "欧阳朔", "m", "oscar@hearth.example", "", "Community assistant"),
    ("Joyce Teo", "张乐怡", "f", "joyce@hearth.example", "", "Diabetes nurse educator"),
    ("Felix Amato", "马飞", "m", "felix@hearth.example", "reviewer", "Verification desk"),
)
STAFF_TITLES = {
    "Operations lead": Words("Operations lead", "运营负责人", "營運負責人"),
    "Community assistant": Words("Community assistant", "社群助理", "社群助理"),
    "Diabetes nurse educator": Words("Diabetes nurse educator", "糖尿病教育护士", "糖尿病衛教護理師"),
    "Verification desk": Words("Verification desk", "认证审核员", "認證審核員"),
}
# Doctors with a part in a story: group, native name, display name, sex, email, persona, tag.
PLAYERS = (
    ("cardiology", Name("张博", "Bo Zhang"), "Bo Zhang 张博", "m", "bo@hearth.example", "keeper", "bo"),
    ("cardiology", Name("陈薇", "Chen Wei"), "Chen Wei 陈薇", "f", "chen@hearth.example", "doctor", "chen"),
    ("neurology", Name("Tomas Berg", "Tomas Berg"), "Tomas Berg", "m", "", "", "neuro_keeper"),
    ("oncology", Name("Miriam Castellano", "Miriam Castellano"), "Miriam Castellano", "f", "", "", "carrier"),
    ("paediatrics", Name("沈若兰", "Shen Ruolan"), "沈若兰", "f", "", "", "paed_keeper"),
    ("emergency", Name("Kofi Mensah", "Kofi Mensah"), "Kofi Mensah", "m", "", "", "er_keeper"),
    ("endocrinology", Name("邱静怡", "Qiu Jingyi"), "邱静怡", "f", "", "", "endo_keeper"),
    ("endocrinology", Name("林嘉豪", "Lin Jiahao"), "林嘉豪", "m", "", "", "badge_waiting"),
)
ADVERTISERS = (("母婴优选客服小美", "zh"), ("育儿顾问-琪琪", "zh"), ("学术会务小王", "zh"), ("控糖茶招代理", "zh"))


@dataclass(slots=True)
class Roster:
    """People and their places, in making. ``tags`` names the persons the stories need."""

    people: list[DemoPerson] = field(default_factory=list)
    memberships: list[DemoMembership] = field(default_factory=list)
    roles: list[DemoRole] = field(default_factory=list)
    verifications: list[DemoVerification] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)

    def person(self, key: str) -> DemoPerson:
        """The person with this key."""
        return self.people[int(key[1:]) - 1]


class RosterMaker:
    """Makes the people of a community of ``size`` whose story begins at ``start`` and ends at ``now``."""

    def __init__(self, rng: random.Random, size: int, start: datetime, now: datetime) -> None:
        self._rng, self._size, self._start, self._now = rng, size, start, now
        self._days = (now - start) / timedelta(days=1)
        self._roster = Roster()
        taken = {name.latin for _, name, *_ in PLAYERS} | {row[0] for row in STAFF}
        self._names = NameMaker(rng, taken)
        self._sexes: dict[str, int] = {"f": 0, "m": 0}

    def make(self) -> Roster:
        """Everybody, with memberships, roles and badges."""
        founded = self._start - FOUNDED_BEFORE
        for row in STAFF:
            self._staff(row, founded)
        for script in SCRIPTS:
            self._fill(script)
        self._outsiders()
        self._second_groups()
        self._leaves()
        made, tags = self._roster, self._roster.tags
        made.verifications = make_badges(self._rng, made.people, made.home, tags, self._now)
        gone = {row.person: row.left_at for row in made.memberships if row.left_at}
        made.roles = make_roles(tags, gone, self._start, self._opening)
        self._roster.memberships.sort(key=lambda row: (row.joined_at, row.person, row.group))
        return self._roster

    # people

    def _add(self, person: DemoPerson) -> DemoPerson:
        person = replace(person, key=f"p{len(self._roster.people) + 1:03d}")
        if not person.email:
            person = replace(person, email=f"{person.key}@hearth.example")
        self._sexes[person.sex] += 1
        self._roster.people.append(person)
        return person

    def _sex(self) -> str:
        lead = self._sexes["f"] - self._sexes["m"]
        if abs(lead) >= 3:
            return "m" if lead > 0 else "f"
        return self._rng.choice("fm")

    def _staff(self, row: tuple[str, ...], founded: datetime) -> None:
        latin, native, sex, email, persona, title = row
        person = self._add(
            DemoPerson(
                "",
                f"{latin} {native}",
                latin,
                email,
                "staff",
                sex,
                ("en", "zh"),
                "en",
                None,
                DEPARTMENTS["network"],
                STAFF_TITLES[title],
                founded,
                None,
                persona,
            )
        )
        self._roster.tags[email.partition("@")[0]] = person.key
        for script in SCRIPTS:
            if persona == "operator" or (script.key == "diabetes") == (title == "Diabetes nurse educator"):
                self._join(person.key, script, self._opening(script) + timedelta(hours=1), "import", None)

    def _fill(self, script: Script) -> None:
        count = self._count(script)
        players = [row for row in PLAYERS if row[0] == script.key]
        for number in range(count):
            if number < len(players):
                self._player(script, players[number])
            elif script.key == "diabetes":
                self._patient(script, number, count)
            else:
                self._doctor(script, number, count)

    def _count(self, script: Script) -> int:
        fixed = len(STAFF) + len(ADVERTISERS) + 1
        asked = sum(each.members for each in SCRIPTS)
        room = self._size - fixed
        if script is not SCRIPTS[-1]:
            return max(4, script.members * room // asked)
        return self._size - len(ADVERTISERS) - 1 - len(self._roster.people)

    def _player(self, script: Script, row: tuple[str, Name, str, str, str, str, str]) -> None:
        _, name, display, sex, email, persona, tag = row
        waiting = tag == "badge_waiting"
        at = self._recently(2, 10) if waiting else self._opening(script) + timedelta(hours=2)
        languages = ("zh", "en") if name.native != name.latin else ("en",)
        hospital = HOSPITALS[5] if script.key == "paediatrics" else self._rng.choice(HOSPITALS[:4])
        person = self._add(
            DemoPerson(
                "",
                name.native,
                display,
                email,
                "doctor",
                sex,
                languages,
                "zh-hans" if "zh" in languages else "en",
                hospital,
                DEPARTMENTS[script.key],
                TITLES[1 if waiting else 3],
                at,
                None,
                persona,
            )
        )
        self._roster.tags[tag] = person.key
        inviter = self._roster.tags["endo_keeper"] if waiting else None
        self._join(person.key, script, at, "invitation" if waiting else "import", inviter)

    def _doctor(self, script: Script, number: int, count: int) -> None:
        chinese = self._rng.random() < script.chinese
        sex = self._sex()
        name = self._names.real("zh" if chinese else "en", sex)
        english_room = script.talk_zh < 0.9
        languages = self._languages(chinese, script)
        display = name.latin if english_room and (script.talk_zh == 0 or self._rng.random() < 0.3) else name.native
        at, channel = self._arrival(script, number, count)
        hospital = (
            HOSPITALS[5]
            if script.key == "paediatrics" and self._rng.random() < 0.5
            else self._rng.choice(HOSPITALS[:5])
        )
        title = self._rng.choices(TITLES, weights=(3, 4, 2, 1))[0]
        interface = self._rng.choices(("zh-hans", "zh-hant"), weights=(8, 2))[0] if chinese else "en"
        inviter = self._inviter(script, at) if channel == "invitation" else None
        person = self._add(
            DemoPerson(
                "",
                name.native,
                display,
                "",
                "doctor",
                sex,
                languages,
                interface,
                hospital,
                DEPARTMENTS[script.key],
                title,
                at,
                inviter,
                "",
            )
        )
        self._join(person.key, script, at, channel, inviter)

    def _languages(self, chinese: bool, script: Script) -> tuple[str, ...]:
        if chinese:
            return ("zh", "en") if script.talk_zh == 0 or self._rng.random() < 0.55 else ("zh",)
        return ("en", "zh") if script.talk_zh == 1 or self._rng.random() < 0.06 else ("en",)

    def _patient(self, script: Script, number: int, count: int) -> None:
        chinese = self._rng.random() < script.chinese
        sex = self._sex()
        language = "zh" if chinese else "en"
        name = self._names.real(language, sex)
        at, channel = self._arrival(script, number, count)
        display, email, tag = self._names.chosen(language), "", ""
        if number == count - 1:
            name, display, email, tag = Name("Dara Okafor", "Dara Okafor"), "Dara", "dara@hearth.example", "dara"
            at, channel, sex, language, chinese = self._recently(1, 20), "link", "f", "en", False
        inviter = self._inviter(script, at) if channel == "invitation" else None
        languages = (language,)
        person = self._add(
            DemoPerson(
                "",
                name.native,
                display,
                email,
                "patient",
                sex,
                languages,
                "zh-hans" if chinese else "en",
                None,
                None,
                None,
                at,
                inviter,
                "newcomer" if tag else "",
            )
        )
        if tag:
            self._roster.tags[tag] = person.key
        self._join(person.key, script, at, channel, inviter)

    def _outsiders(self) -> None:
        for number, (name, language) in enumerate(ADVERTISERS):
            script = SCRIPT_OF["diabetes" if number == len(ADVERTISERS) - 1 else "paediatrics"]
            at = self._start + timedelta(days=self._days * (0.42 + 0.13 * number), hours=self._rng.uniform(0, 9))
            real = self._names.real(language, self._sex())
            person = self._add(
                DemoPerson(
                    "",
                    real.native,
                    name,
                    "",
                    "outsider",
                    self._sex(),
                    ("zh",),
                    "zh-hans",
                    None,
                    None,
                    None,
                    at,
                    None,
                    "",
                )
            )
            self._roster.tags[f"advert{number}"] = person.key
            self._join(person.key, script, at, "link", None)
        eve = DemoPerson(
            "",
            "Eve Marsh",
            "Eve",
            "eve@hearth.example",
            "outsider",
            "f",
            ("en",),
            "en",
            None,
            None,
            None,
            self._now - timedelta(days=3),
            None,
            "outsider",
        )
        self._roster.tags["eve"] = self._add(eve).key

    # memberships

    def _opening(self, script: Script) -> datetime:
        return self._start + timedelta(days=self._days * script.opens_on / 90) - timedelta(hours=4)

    def _recently(self, days: int, hour: int) -> datetime:
        """``hour`` o'clock on the clinics' clock, ``days`` days ago."""
        return (local(self._now) - timedelta(days=days)).replace(hour=hour, minute=8, second=20).astimezone(UTC)

    def _arrival(self, script: Script, number: int, count: int) -> tuple[datetime, str]:
        opened = self._opening(script)
        if number < count * (0.35 if script.opens_on else 0.5):
            return opened + timedelta(hours=self._rng.uniform(2.5, 20)), "import"
        span = (self._now - opened) * (0.45 if script.story == "dying" else 0.97)
        at = opened + span * self._rng.random() ** (0.8 if script.story == "warm_newcomers_waiting" else 1.2)
        at = at.replace(hour=self._rng.randint(0, 14))
        channel = self._rng.choices(("invitation", "link", "qr"), weights=(6, 3, 2))[0]
        return min(max(at, opened + timedelta(hours=21)), self._now - timedelta(hours=5)), channel

    def _inviter(self, script: Script, at: datetime) -> str | None:
        earlier = [
            row.person
            for row in self._roster.memberships
            if row.group == script.key and row.joined_at < at and self._roster.person(row.person).kind != "staff"
        ]
        return self._rng.choice(earlier[: max(3, len(earlier) // 2)]) if earlier else None

    def _join(self, person: str, script: Script, at: datetime, channel: str, inviter: str | None) -> None:
        changed = self._start + timedelta(days=NORMS_VERSION_CHANGED_ON * self._days / 90)
        self._roster.memberships.append(
            DemoMembership(person, script.key, at, None, "", channel, inviter, 2 if at >= changed else 1)
        )
        self._roster.home.setdefault(person, script.key)

    def _second_groups(self) -> None:
        known = set(self._roster.tags.values())
        doctors = [person for person in self._roster.people if person.kind == "doctor" and person.key not in known]
        for person in doctors:
            if self._rng.random() < 0.14:
                options = [
                    each for each in SCRIPTS[:6] if each.key != self._roster.home[person.key] and not each.opens_on
                ]
                script = self._rng.choice([each for each in options if each.talk_zh < 1 or "zh" in person.languages])
                left = self._now - person.joined_at
                self._join(person.key, script, person.joined_at + left * self._rng.uniform(0.05, 0.9), "link", None)
        for tag in ("bo", "chen"):
            key = self._roster.tags[tag]
            at = self._start + timedelta(days=2)
            self._join(key, SCRIPT_OF["diabetes"], at, "invitation", self._roster.tags["ada"])
        self._join(self._roster.tags["bo"], SCRIPT_OF["emergency"], self._start + timedelta(days=5), "link", None)

    def _leaves(self) -> None:
        reasons = ("moved to another hospital", "too many messages", "no longer working in this field", "")
        story = set(self._roster.tags.values())
        rows = self._roster.memberships
        for place, row in enumerate(rows):
            gone = self._start + timedelta(days=self._days * 0.53)
            if row.person == self._roster.tags["neuro_keeper"]:
                rows[place] = replace(row, left_at=gone, left_reason=reasons[0])
            elif row.person not in story and self._rng.random() < 0.055:
                at = row.joined_at + (self._now - row.joined_at) * self._rng.uniform(0.3, 0.98)
                rows[place] = replace(row, left_at=at, left_reason=self._rng.choice(reasons))
            elif row.person in (self._roster.tags["advert0"], self._roster.tags["advert3"]):
                rows[place] = replace(
                    row, left_at=row.joined_at + timedelta(days=6), left_reason="removed by the keeper: adverts"
                )
