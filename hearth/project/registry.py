"""Whom a visitor of the demo may step into; used only while HEARTH_DEMO is on."""

from django.utils.translation import gettext_noop as _

from hearth.people.registry import DemoPersona, demo_personas

HOME, CONSOLE = "/c/lakeside/", "/c/lakeside/console/"

for persona in (
    DemoPersona(
        "ada",
        "ada@hearth.example",
        _("Ada, operator"),
        _("Runs seven groups and has little time: what needs a person today?"),
        icon="layout-dashboard",
        path=CONSOLE,
    ),
    DemoPersona(
        "bo",
        "bo@hearth.example",
        _("Bo, keeper"),
        _("Tends cardiology and the patients' group; somebody has called him."),
        icon="flame",
        path=HOME,
    ),
    DemoPersona(
        "chen",
        "chen@hearth.example",
        _("Dr Chen Wei, doctor"),
        _("A verified cardiologist with five minutes and an overdue question."),
        icon="stethoscope",
        path=HOME,
    ),
    DemoPersona(
        "dara",
        "dara@hearth.example",
        _("Dara, newcomer"),
        _("Joined a few days ago and waits for an answer."),
        icon="sprout",
        path=HOME,
    ),
    DemoPersona(
        "felix",
        "felix@hearth.example",
        _("Felix, reviewer"),
        _("Decides who gets a badge; one of the cases is not what it seems."),
        icon="badge-check",
        path=f"{CONSOLE}verification/",
    ),
):
    demo_personas.register(persona.key, persona)
