"""Plans in the reader's language: the word of each field beside its key, and of what stands in it."""

import pytest
from django.utils.translation import override

from hearth.blueprint.queries.wording import tell_change
from hearth.core.sections import sections
from hearth.kit.described import Change


def told(section: str, **after: object) -> list[tuple[str, str, str]]:
    change = Change(section, "ward", "change", dict.fromkeys(after), after)
    return [(line.label, line.field, line.after) for line in tell_change(change).lines]


def test_a_field_is_called_by_its_word_and_known_by_its_key():
    with override("zh-hans"):
        assert told("groups", capacity=30, space="patient", lasting="ending") == [
            ("人数上限", "capacity", "30"),
            ("姓名", "space", "患者：显示昵称 (patient)"),
            ("时长", "lasting", "到完成为止 (ending)"),
        ]
        assert told("staff", roles=["admin"]) == [("角色", "roles", "管理员 (admin)")]
        [(label, key, days)] = told("settings", **{"carriers.upload_days": 9})
        assert (bool(label), key, days) == (True, "carriers.upload_days", "9")
    with override("en"):
        assert told("groups", capacity=30, lasting="ending") == [
            ("", "capacity", "30"), ("How long it lasts", "lasting", "until it is completed (ending)"),
        ]  # fmt: skip


@pytest.mark.parametrize("section", list(sections), ids=lambda one: one.shape.key)
def test_every_field_of_every_part_has_a_word(section):
    words = section.words()
    assert set(words.fields) == set(section.shape.names())
    assert set(words.values) <= set(words.fields)


def test_a_long_text_that_takes_the_place_of_nothing_stands_alone():
    def fills(before, after):
        change = Change("charter", "", "change", {"purpose": before}, {"purpose": after})
        return [line.fills for line in tell_change(change).lines]

    assert fills(None, "Doctors learn. " * 5) == [True]
    assert fills("Talk.", "Doctors learn. " * 5) == [False]
    assert fills(None, "Learn.") == [False]
