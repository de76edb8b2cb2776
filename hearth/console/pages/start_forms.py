"""The five forms of the guided start: an answer shown, and read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from hearth.blueprint.rules.answers import FORCES, MOST_GROUPS, NUMBERS, Answer
from hearth.blueprint.rules.kinds import ROLE_DUTIES
from hearth.blueprint.rules.readiness import MINUTES
from hearth.console.pages import start_words as words
from hearth.ui.types import Text

SPARE_ROOMS = 2
FIRST_FORCES = ("knowledge", "social")  # what is shown first to those who begin from nothing
FIRST_ROLES = ("creator", "manager")  # whom nearly every community has


@dataclass(frozen=True, slots=True)
class Row:
    """Fields that belong together, under one name; those that are ``wide`` have a line of their own."""

    title: Text
    note: Text
    fields: Sequence[Any]
    wide: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One panel of a screen: fields below each other, or rows of them; ``folded`` opens on demand."""

    title: Text
    note: Text = ""
    fields: Sequence[Any] = ()
    rows: Sequence[Row] = ()
    folded: bool = False


def line(label: Any, most: int, *, required: bool = False, note: Any = "", example: Text = "") -> forms.CharField:
    """A field for one line."""
    widget = forms.TextInput(attrs={"placeholder": example} if example else {})
    return forms.CharField(label=label, max_length=most, required=required, help_text=note, widget=widget)


def lines(label: Any, most: int = 2000, *, note: Any = "", rows: int = 3) -> forms.CharField:
    """A field for several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=False, help_text=note, widget=widget)


class SeenForm(forms.Form):
    """Which version of the screen somebody had open."""

    seen = forms.IntegerField(min_value=0, max_value=10**6, widget=forms.HiddenInput)


class ScreenForm(SeenForm):
    """One screen. ``fill`` shows an answer, ``answer`` reads it back as it is kept."""

    def __init__(self, shown: Any, version: int, data: Any = None) -> None:
        super().__init__(data, initial={"seen": version})
        self.shown = shown
        self.fill(shown)

    def fill(self, shown: Any) -> None:
        """Put the answer into the fields; by default each has the name of its part."""
        for name in self.fields:
            if name != "seen":
                self.initial[name] = getattr(shown, name)

    def answer(self) -> dict[str, Any]:
        """What is kept."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def blocks(self) -> Iterable[Block]:
        """The panels of the screen."""
        raise NotImplementedError

    def add(self, name: str, field: forms.Field, value: Any) -> None:
        """One more field with what it shows."""
        self.fields[name] = field
        self.initial[name] = value


class PurposeForm(ScreenForm):
    """What it is for, and how one sees that it works."""

    name = line(gettext_lazy("What is the community called?"), 80, required=True)
    type = forms.ChoiceField(
        label=gettext_lazy("What does it do for you?"), choices=words.TYPES, widget=forms.RadioSelect
    )
    serves_link = line(
        gettext_lazy("Which link of your business does it help?"),
        30,
        note=gettext_lazy("If it helps a business: one link alone."),
        example=gettext_lazy("Repurchase, research, first use, relations or new customers"),
    )
    purpose = lines(
        gettext_lazy("What is it for?"), note=gettext_lazy("One or two sentences that members read and can repeat.")
    )
    private_purpose = lines(
        gettext_lazy("And what is it for to you?"), note=gettext_lazy("Only staff read this. It may be plain."), rows=2
    )
    goals = lines(gettext_lazy("What should be true in a year?"), note=gettext_lazy("In words."), rows=2)

    def fill(self, shown: Any) -> None:
        """With a field for each number that can be a goal."""
        super().fill(shown)
        for key in NUMBERS:
            field = forms.IntegerField(label=words.NUMBERS[key], required=False, min_value=0, max_value=100)
            self.add(f"number_{key}", field, shown.numbers.get(key))

    def answer(self) -> dict[str, Any]:
        """With the numbers that were given."""
        told = super().answer()
        numbers = {key: told.pop(f"number_{key}") for key in NUMBERS}
        return told | {"numbers": {key: number for key, number in numbers.items() if number is not None}}

    def blocks(self) -> Iterable[Block]:
        """Purpose, then goals."""
        first = [self[name] for name in ("name", "type", "serves_link", "purpose", "private_purpose")]
        yield Block(_("Purpose"), fields=first)
        note = _("One number is enough. An empty one leaves that goal as it is.")
        yield Block(_("Goals"), note, [self["goals"], *[self[f"number_{key}"] for key in NUMBERS]])


class AudienceForm(ScreenForm):
    """Whom it is for, and in which groups they meet."""

    audience = lines(
        gettext_lazy("Whom is it for?"), note=gettext_lazy("Name those who need it most; others may come later.")
    )
    shared = forms.MultipleChoiceField(
        label=gettext_lazy("What do they have in common?"),
        choices=words.MARKS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    first = forms.IntegerField(
        label=gettext_lazy("How many people can you invite in the first month?"),
        help_text=gettext_lazy("Customers and colleagues you have, or people whom you know to be the first."),
        required=False,
        min_value=0,
        max_value=1_000_000,
    )

    def fill(self, shown: Any) -> None:
        """With a line for each group and some to spare."""
        super().fill(shown)
        self.initial["first"] = shown.first or None
        rooms = [(room.key, room.name, room.function) for room in shown.rooms]
        rooms += [("", "", "")] * min(SPARE_ROOMS, MOST_GROUPS - len(rooms))
        for n, (key, name, function) in enumerate(rooms):
            self.add(f"key_{n}", forms.CharField(required=False, max_length=60, widget=forms.HiddenInput), key)
            self.add(f"name_{n}", line(_("Name"), 80), name)
            self.add(f"function_{n}", line(_("What it is for, in one sentence"), 300), function)
        self.rooms = len(rooms)

    def answer(self) -> dict[str, Any]:
        """With the groups that have a name."""
        told = self.cleaned_data
        rooms = [
            {"key": told[f"key_{n}"], "name": told[f"name_{n}"], "function": told[f"function_{n}"]}
            for n in range(self.rooms)
            if told[f"name_{n}"]
        ]
        kept = {name: told[name] for name in ("audience", "shared")}
        return kept | {"first": told["first"] or 0, "rooms": rooms}

    def blocks(self) -> Iterable[Block]:
        """Audience, then groups."""
        yield Block(_("Audience"), fields=[self[name] for name in ("audience", "shared", "first")])
        rows = [
            Row(
                self.initial[f"name_{n}"] or _("One more group"),
                "",
                [self[name] for name in (f"key_{n}", f"name_{n}", f"function_{n}")],
            )
            for n in range(self.rooms)
        ]
        note = _("Few and clear, one theme each. Save to get more lines. An empty line closes no group.")
        yield Block(_("Groups"), note, rows=rows)


class ValueForm(ScreenForm):
    """Why members come, and what answers it how often."""

    values = lines(
        gettext_lazy("What holds everybody to each other?"),
        note=gettext_lazy("Two or three short sentences, one on each line."),
    )

    def fill(self, shown: Any) -> None:
        """With a row for each driving force."""
        super().fill(shown)
        missing = [force for force in FORCES if force not in {one.force for one in shown.lines}]
        self.rows = [(one.key or f"new_{one.force}", one.force, one.key) for one in shown.lines]
        self.rows += [(f"new_{force}", force, "") for force in missing]
        told = {one.key or f"new_{one.force}": one for one in shown.lines}
        for name, _force, _key in self.rows:
            one = told.get(name)
            self.add(f"service_{name}", line(_("Which service answers it?"), 300), one.service if one else "")
            self.add(
                f"output_{name}",
                forms.ChoiceField(label=_("What they see of it"), choices=words.OUTPUTS),
                one.output if one else "card",
            )
            times = forms.IntegerField(label=_("How many"), required=False, min_value=0, max_value=500)
            self.add(f"times_{name}", times, one.times if one else None)
            every = forms.ChoiceField(label=_("How often"), choices=words.EVERY)
            self.add(f"every_{name}", every, one.every if one else "week")

    def answer(self) -> dict[str, Any]:
        """The lines that have a service."""
        told = self.cleaned_data
        lines = [
            {
                "key": key,
                "force": force,
                "service": told[f"service_{name}"],
                "output": told[f"output_{name}"],
                "times": told[f"times_{name}"] or 0,
                "every": told[f"every_{name}"],
            }
            for name, force, key in self.rows
            if told[f"service_{name}"]
        ]
        return {"values": told["values"], "lines": lines}

    def blocks(self) -> Iterable[Block]:
        """The lines, those in use first and the others folded; then values."""
        none = not self.shown.lines
        used: list[Row] = []
        rest: list[Row] = []
        for name, force, key in self.rows:
            first = key or self[f"service_{name}"].value() or (none and force in FIRST_FORCES)
            (used if first else rest).append(self._row(name, force))
        note = _("Two or three are enough. Leave the service empty where nobody comes for that.")
        yield Block(_("They come …"), note, rows=used)
        if rest:
            yield Block(_("Other reasons"), rows=rest, folded=True)
        yield Block(_("Values"), fields=[self["values"]])

    def _row(self, name: str, force: str) -> Row:
        service, *rest = [self[f"{part}_{name}"] for part in ("service", "output", "times", "every")]
        return Row(*words.FORCES[force], [service, *rest], [service])


class DoorsForm(ScreenForm):
    """Who finds a group, and what everybody agrees to."""

    space = forms.ChoiceField(
        label=gettext_lazy("How do members see each other’s names?"), choices=words.SPACES, widget=forms.RadioSelect
    )
    asks = forms.ChoiceField(
        label=gettext_lazy("What does a door ask?"), choices=words.ASKED, widget=forms.RadioSelect, required=False
    )
    raised_at = forms.IntegerField(
        label=gettext_lazy("From how many members on?"),
        min_value=0,
        max_value=100_000,
        help_text=gettext_lazy("Below that everybody comes in. Questions, tasks and quizzes are set in each group."),
    )
    norms = lines(
        gettext_lazy("Rules that everybody accepts on entry"),
        8000,
        note=gettext_lazy("Short, and with what happens to who breaks them: a warning first, then out."),
        rows=6,
    )
    welcome = lines(
        gettext_lazy("What newcomers read first"),
        note=gettext_lazy("A greeting, and one easy question."),
    )

    def __init__(self, shown: Any, version: int, data: Any = None, *, names: dict[str, str]) -> None:
        self.names = names
        super().__init__(shown, version, data)

    def fill(self, shown: Any) -> None:
        """With a row for each group."""
        super().fill(shown)
        for room in shown.rooms:
            visibility = forms.ChoiceField(label=_("Who finds it"), choices=words.VISIBILITY)
            self.add(f"visibility_{room.key}", visibility, room.visibility)
            capacity = forms.IntegerField(
                label=_("How many people at most"), required=False, min_value=2, max_value=100_000
            )
            self.add(f"capacity_{room.key}", capacity, room.capacity)

    def answer(self) -> dict[str, Any]:
        """With the doors by group."""
        told = self.cleaned_data
        rooms = [
            {
                "key": room.key,
                "visibility": told[f"visibility_{room.key}"],
                "capacity": told[f"capacity_{room.key}"],
            }
            for room in self.shown.rooms
        ]
        return {name: told[name] for name in ("space", "norms", "welcome", "asks", "raised_at")} | {"rooms": rooms}

    def blocks(self) -> Iterable[Block]:
        """Doors by group, then what is the same for all."""
        rows = [
            Row(self.names.get(room.key, room.key), "", [self[f"visibility_{room.key}"], self[f"capacity_{room.key}"]])
            for room in self.shown.rooms
        ]
        if rows:
            asked = [self["asks"], self["raised_at"]]
            yield Block(_("Doors"), _("Low at first; raise them when it gets full."), asked, rows=rows)
        note = _("For all groups that have no words of their own.")
        yield Block(_("Rules"), note, [self[name] for name in ("space", "norms", "welcome")])


class TeamForm(ScreenForm):
    """Who does the work, and how long it takes them."""

    answer_hours = forms.IntegerField(
        label=gettext_lazy("Within how many hours is a question answered?"),
        required=False,
        min_value=1,
        max_value=720,
    )

    def fill(self, shown: Any) -> None:
        """With a row for each role, and the minutes of each kind of work."""
        super().fill(shown)
        told = {hand.role: hand for hand in shown.hands}
        for role in ROLE_DUTIES:
            hand = told.get(role)
            self.add(
                f"email_{role}",
                forms.EmailField(label=_("E-mail address"), required=False, max_length=254),
                hand.email if hand else "",
            )
            hours = forms.FloatField(label=_("Hours a week"), required=False, min_value=0, max_value=168)
            self.add(f"hours_{role}", hours, (hand.hours or None) if hand else None)
            makes = forms.MultipleChoiceField(
                label=_("What they can make"), choices=words.WORK, required=False, widget=forms.CheckboxSelectMultiple
            )
            self.add(f"makes_{role}", makes, hand.makes if hand else [])
        for kind, label in words.WORK:
            field = forms.IntegerField(label=label, required=False, min_value=1, max_value=6000)
            self.add(f"minutes_{kind}", field, shown.minutes.get(kind, MINUTES[kind]))

    def answer(self) -> dict[str, Any]:
        """The roles, and those minutes that are other than assumed."""
        told = self.cleaned_data
        hands = [
            {
                "role": role,
                "email": told[f"email_{role}"],
                "hours": told[f"hours_{role}"] or 0,
                "makes": told[f"makes_{role}"],
            }
            for role in ROLE_DUTIES
        ]
        minutes = {kind: told[f"minutes_{kind}"] for kind in MINUTES}
        own = {kind: number for kind, number in minutes.items() if number and number != MINUTES[kind]}
        return {"hands": hands, "answer_hours": told["answer_hours"], "minutes": own}

    def blocks(self) -> Iterable[Block]:
        """Roles, answering time, and, folded, what a piece takes."""
        rows = {role: self._row(role) for role in ROLE_DUTIES}
        used = [role for role in ROLE_DUTIES if role in FIRST_ROLES or self[f"hours_{role}"].value()]
        note = _(
            "Hours that are really there, week after week. A community beside a business needs one or two of these;"
            " one that is the business needs all but the last. Leave the others empty."
        )
        yield Block(_("Team"), note, rows=[rows[role] for role in used])
        rest = [rows[role] for role in ROLE_DUTIES if role not in used]
        if rest:
            yield Block(_("Others who help"), rows=rest, folded=True)
        yield Block(_("Rhythm"), fields=[self["answer_hours"]])
        note = _(
            "Minutes for one piece, with finding, checking and following up; for groups, a week of one. These are"
            " assumptions: put your own."
        )
        yield Block(_("How long it takes"), note, [self[f"minutes_{kind}"] for kind in MINUTES], folded=True)

    def _row(self, role: Any) -> Row:
        name, task, _makes = ROLE_DUTIES[role]
        email, hours, makes = [self[f"{part}_{role}"] for part in ("email", "hours", "makes")]
        return Row(_(name), _(task), [email, hours, makes], [makes])


def form_of(screen: str, shown: Answer, version: int, data: Any, names: dict[str, str]) -> ScreenForm:
    """The form of a screen."""
    if screen == "doors":
        return DoorsForm(shown, version, data, names=names)
    return {"purpose": PurposeForm, "audience": AudienceForm, "value": ValueForm, "team": TeamForm}[screen](
        shown, version, data
    )
