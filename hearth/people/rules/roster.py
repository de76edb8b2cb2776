"""Reading a table of people: what its columns mean, and what is wrong with a line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hearth.kit.chinese import simplified
from hearth.kit.text import one_line
from hearth.people.types import MemberKind

LIMITS = {
    "display_name": 80, "real_name": 120, "hospital": 120, "department": 120, "title": 80, "city": 80,
    "email": 254, "phone": 40, "kind": 40, "tags": 1000,
}  # fmt: skip
# In simplified characters; both spellings are compared with them.
HEADINGS = {
    "display_name": ("chosen name", "display name", "nickname", "name", "昵称", "显示名", "显示名称", "名称"),
    "real_name": ("real name", "full name", "姓名", "真实姓名", "名字"),
    "hospital": (
        "hospital", "institution", "hospital or institution", "organisation", "医院", "单位", "机构", "医院或机构",
    ),
    "department": ("department", "dept", "科室", "科别", "部门"),
    "title": ("title", "job title", "position", "职称", "职务"),
    "city": ("city", "town", "城市", "所在城市"),
    "email": ("e-mail", "email", "mail", "e-mail address", "邮箱", "电子邮件", "信箱", "邮件"),
    "phone": ("phone", "mobile", "telephone", "cell", "手机", "电话", "手机号", "手机号码", "联络电话"),
    "kind": ("kind", "type", "role", "类型", "身份", "身分"),
    "tags": ("tags", "tag", "labels", "标签"),
}  # fmt: skip
KINDS = {
    MemberKind.PROFESSIONAL: ("professional", "doctor", "nurse", "专业人士", "医生", "医师", "护士"),
    MemberKind.PATIENT: ("patient", "relative", "patient or relative", "患者", "家属", "患者或家属"),
    MemberKind.CUSTOMER: ("customer", "顾客", "客户"),
    MemberKind.GUEST: ("guest", "访客"),
    MemberKind.STAFF: ("staff", "工作人员"),  # of whom a table knows some and brings nobody new
}
BROKEN = ["\ufffd"]  # the cells of a line that does not fall into the columns
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_QUOTE = re.compile(r"^'(?=\s*[=+\-@＝＋－＠])")  # with which a list taken along keeps text from being a formula
_TAG_MARKS = re.compile(r"[;,|、，；]+")


@dataclass(slots=True)
class Entry:
    """One line as it is meant. ``mistakes``: column ("" for the whole line) → code; {} for a sound line."""

    values: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    mistakes: dict[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        """The codes of all mistakes, each on a line of its own; of one that any column may have, with the column."""
        told = (f"{code}:{column}" if code == "too_long" else code for column, code in self.mistakes.items())
        return "\n".join(told)


def guessed(headings: Sequence[str]) -> dict[str, int]:
    """Field → place of its column, by the headings in English and Chinese."""
    plain = [simplified(one_line(cell).lower().strip(" *:：")) for cell in headings]
    found: dict[str, int] = {}
    for name, words in HEADINGS.items():
        at = next((plain.index(word) for word in words if word in plain), None)
        if at is not None and at not in found.values():
            found[name] = at
    return found


def plain_phone(text: str) -> str:
    """A phone number as digits; China's country code is left out, so that both ways of writing are one."""
    digits = re.sub(r"[^\d+]", "", text.translate({ord("０") + n: str(n) for n in range(10)}))
    digits = digits.removeprefix("+86").removeprefix("0086")
    return digits if re.fullmatch(r"\+?\d{5,18}", digits) else ""


def read_line(cells: Sequence[str], places: Mapping[str, int], kind: str) -> Entry:
    """What a line says, with everything that is wrong with it; of a line with mistakes nothing is brought in."""
    entry = Entry()
    if cells == BROKEN:
        entry.mistakes[""] = "broken"
        return entry
    for name, at in places.items():
        text = _QUOTE.sub("", one_line(cells[at])) if at < len(cells) else ""
        entry.values[name] = text
        if len(text) > LIMITS[name]:
            entry.mistakes[name] = "too_long"
    told = entry.values
    told["email"] = told.get("email", "").lower()
    entry.tags = [tag for tag in dict.fromkeys(_tags(told.pop("tags", ""))) if tag]
    _check_reach(entry)
    _check_kind(entry, kind)
    _check_name(entry)
    if entry.mistakes:  # it is only shown
        told.update({name: text[: LIMITS[name]] for name, text in told.items()})
        entry.tags = []
    return entry


def _tags(text: str) -> list[str]:
    return [" ".join(part.split())[:60] for part in _TAG_MARKS.split(text)]


def _check_reach(entry: Entry) -> None:
    told = entry.values
    if told["email"] and not _ADDRESS.fullmatch(told["email"]):
        entry.mistakes.setdefault("email", "bad_email")
    if told.get("phone"):
        plain = plain_phone(told["phone"])
        if plain:
            told["phone"] = plain
        else:
            entry.mistakes.setdefault("phone", "bad_phone")


def _check_kind(entry: Entry, kind: str) -> None:
    word = simplified(entry.values.get("kind", "").lower())
    found = next((key for key, words in KINDS.items() if word == key or word in words), None) if word else kind
    if found is None:
        entry.mistakes.setdefault("kind", "bad_kind")
    else:
        entry.values["kind"] = str(found)


def _check_name(entry: Entry) -> None:
    """With the name that others see: the real one where none was chosen, but never that of a patient."""
    told = entry.values
    if told["kind"] == MemberKind.PATIENT and not told.get("display_name"):
        entry.mistakes.setdefault("display_name", "no_chosen_name")
        return
    told["display_name"] = told.get("display_name") or told.get("real_name", "")[:80]
    if not told["display_name"]:
        entry.mistakes.setdefault("display_name", "no_name")
