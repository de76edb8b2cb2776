"""How each group of the demonstration lives: its size, rhythm, languages and story, as numbers."""

from dataclasses import dataclass

from hearth.project.demo.shapes import Words


@dataclass(frozen=True, slots=True)
class Script:
    """The life of one group. ``starts`` is conversation starts a day at full strength; shares are 0..1."""

    key: str
    story: str
    rhythm: str
    members: int
    chinese: float
    talk_zh: float
    starts: float
    answered: float
    quick: float
    length: float
    lurkers: float
    carrier: float = 0.0
    opens_on: float = 0.0
    ritual_weekday: int = 0
    ritual_hour: int = 9
    lively: bool = False


SCRIPTS = (
    Script(
        "cardiology",
        "lively",
        "doctors",
        57,
        0.52,
        0.45,
        5.0,
        0.92,
        0.72,
        5.6,
        0.40,
        ritual_weekday=0,
        ritual_hour=8,
        lively=True,
    ),
    Script("neurology", "dying", "doctors", 30, 0.2, 0.0, 1.55, 0.74, 0.6, 4.6, 0.42, ritual_weekday=2),
    Script("paediatrics", "invaded_by_adverts", "doctors", 33, 0.96, 1.0, 2.8, 0.8, 0.66, 4.5, 0.38),
    Script(
        "oncology",
        "one_person_show",
        "doctors",
        25,
        0.2,
        0.0,
        3.0,
        0.84,
        0.55,
        2.4,
        0.40,
        carrier=0.82,
        ritual_weekday=1,
    ),
    Script(
        "endocrinology", "kindling", "doctors", 14, 1.0, 1.0, 3.0, 0.84, 0.6, 4.4, 0.30, opens_on=68, ritual_hour=10
    ),
    Script("emergency", "steady", "shifts", 32, 0.25, 0.0, 3.6, 0.86, 0.74, 4.6, 0.36, ritual_weekday=0, lively=True),
    Script(
        "diabetes",
        "warm_newcomers_waiting",
        "patients",
        98,
        0.74,
        0.72,
        6.3,
        0.8,
        0.7,
        4.9,
        0.42,
        ritual_weekday=6,
        ritual_hour=19,
        lively=True,
    ),
)
SCRIPT_OF = {script.key: script for script in SCRIPTS}
TALK_NAME = {"diabetes": "patients"}
DOCTOR_GROUPS = tuple(script.key for script in SCRIPTS if script.key != "diabetes")


def strength(story: str, share: float) -> float:
    """How strong a group's spontaneous life is at ``share`` (0..1) of the time shown.

    Groups die because conversation starts dry up, not because replies do: the dying one loses its starts after
    its keeper has left.
    """
    if story == "dying":
        return 1.0 if share < 0.5 else max(0.0, 1.0 - (share - 0.5) / 0.27) ** 1.5 + (0.035 if share < 0.93 else 0.0)
    if story == "kindling":
        return 0.45 + 0.55 * max(0.0, (share - 0.75) / 0.25)
    if story == "lively":
        return 0.8 + 0.3 * share
    return 1.0


HOSPITALS = (
    Words("Lakeside General", "湖畔综合医院", "湖畔綜合醫院"),
    Words("Harbour Hospital", "海港医院", "海港醫院"),
    Words("East Hill Hospital", "东山医院", "東山醫院"),
    Words("South Bank Medical Centre", "南岸医疗中心", "南岸醫療中心"),
    Words("Willow Grove Clinic", "柳林诊所", "柳林診所"),
    Words("Mingde Children's Hospital", "明德儿童医院", "明德兒童醫院"),
)
DEPARTMENTS = {
    "cardiology": Words("Cardiology", "心内科", "心臟內科"),
    "neurology": Words("Neurology", "神经内科", "神經內科"),
    "paediatrics": Words("Paediatrics", "儿科", "兒科"),
    "oncology": Words("Oncology", "肿瘤科", "腫瘤科"),
    "endocrinology": Words("Endocrinology", "内分泌科", "內分泌科"),
    "emergency": Words("Emergency Medicine", "急诊科", "急診科"),
    "network": Words("Community Office", "社群运营部", "社群營運部"),
}
TITLES = (
    Words("Resident", "住院医师", "住院醫師"),
    Words("Specialist", "主治医师", "主治醫師"),
    Words("Associate Consultant", "副主任医师", "副主任醫師"),
    Words("Consultant", "主任医师", "主任醫師"),
)
INTERESTS = {
    "cardiology": (
        ("heart failure", "心衰"),
        ("arrhythmia", "心律失常"),
        ("imaging", "心脏影像"),
        ("prevention", "预防心脏病"),
    ),
    "neurology": (("stroke", "卒中"), ("epilepsy", "癫痫"), ("headache", "头痛"), ("movement disorders", "运动障碍")),
    "paediatrics": (
        ("neonates", "新生儿"),
        ("respiratory disease", "儿童呼吸"),
        ("nutrition", "儿童营养"),
        ("development", "发育行为"),
    ),
    "oncology": (
        ("breast cancer", "乳腺肿瘤"),
        ("palliative care", "安宁疗护"),
        ("lung cancer", "肺癌"),
        ("lymphoma", "淋巴瘤"),
    ),
    "endocrinology": (("thyroid", "甲状腺"), ("diabetes", "糖尿病"), ("bone", "骨代谢"), ("pituitary", "垂体")),
    "emergency": (
        ("toxicology", "中毒"),
        ("trauma", "创伤"),
        ("ultrasound", "急诊超声"),
        ("prehospital care", "院前急救"),
    ),
}
