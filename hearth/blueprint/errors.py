"""What blueprint refuses, and why."""

from hearth.core.errors import Conflict, Refusal


class NothingToDo(Refusal):
    """A plan without changes."""

    code = "nothing_to_do"
    sentence = "Everything stands as it is described; there is nothing to apply."


class AlreadyApplying(Conflict):
    """One blueprint at a time."""

    code = "already_applying"
    sentence = "Another blueprint is being applied to this community. Wait until it has ended."


class PlanChanged(Conflict):
    """What is applied is what somebody looked at."""

    code = "plan_changed"
    sentence = "The community changed since this plan was made. Look at the new plan, then apply it."


class BlueprintRefused(Refusal):
    """A text that cannot be read as a blueprint."""

    code = "blueprint_refused"
    sentence = "There are mistakes in this blueprint. Nothing was changed."
