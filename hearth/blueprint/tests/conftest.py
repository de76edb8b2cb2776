"""A blueprint of the cast's community, and how tests plan and apply one."""

from collections.abc import Callable

import pytest

from hearth.blueprint.queries import plan_of, read_blueprint
from hearth.blueprint.services import begin_revision, carry_out
from hearth.blueprint.types import Plan
from tests.cast import Castaway, second_factor

WARD = """\
hearth: 1
community:
  key: stlucas
  name: {en: St Lucas, zh-hans: 圣路加}
  time_zone: Asia/Shanghai
places:
  network: {kind: organisation, name: The network}
  st-lucas: {kind: site, name: St Lucas, parent: network}
group_templates:
  ward:
    space: professional
    capacity: 300
    norms: Be kind. No adverts. No patient names.
groups:
  cardiology:
    like: ward
    name: {en: Cardiology, zh-hans: 心内科}
    place: st-lucas
  neurology:
    like: ward
    name: Neurology
    capacity: 200
"""


def planned(actor, text: str) -> Plan:
    """The plan for a text without mistakes."""
    description, problems = read_blueprint([("ward.yaml", text.encode())])
    assert [str(one) for one in problems] == []
    plan, problems = plan_of(actor, description.wanted, description.document)
    assert [str(one) for one in problems] == []
    return plan


def told(plan: Plan) -> list[tuple[str, str, str]]:
    """What a plan would do, in short."""
    return [(one.change.kind, one.change.section, one.change.key) for one in plan.changes]


@pytest.fixture
def ada(ada: Castaway) -> Castaway:
    """Ada, with the second factor without which staff have no rights where their roles are looked up anew."""
    second_factor(ada.user)
    return ada


@pytest.fixture
def apply() -> Callable[..., dict[str, int]]:
    """``apply(actor, text)``: plan it and carry it out at once; the counts."""

    def act(actor, text: str, portion: int = 50) -> dict[str, int]:
        row = begin_revision(actor, planned(actor, text), source="ward.yaml", files=[("ward.yaml", text)])
        return carry_out(row.pk, lambda done, total: None, portion=portion)

    return act
