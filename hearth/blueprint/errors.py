"""What blueprint refuses, and why."""

from hearth.core.errors import Conflict, NotFound, Refusal
from hearth.kit.text import noted


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


class DraftThere(Conflict):
    """A community has one draft."""

    code = "draft_there"
    sentence = "A draft was begun already. Go on with it, or throw it away first."


class DraftGone(NotFound):
    """There is no draft to go on with: it was applied or thrown away."""

    code = "draft_gone"
    sentence = "This draft was applied or thrown away. Begin a new one."


class ScreenChanged(Conflict):
    """Somebody told this screen while another had it open."""

    code = "screen_changed"
    sentence = (
        "Somebody changed this screen while you had it open. Your words are still here: save again to put them in"
        " place of theirs."
    )


class AnswerRefused(Refusal):
    """An answer that no screen gives."""

    code = "answer_refused"
    sentence = "This answer cannot be kept. Look at what you typed, and save again."


class NotReady(Refusal):
    """Nobody builds without capacity unless they say that they know."""

    code = "not_ready"
    sentence = "Do not build yet, or say that you go on knowingly."


class NoSuchGroup(NotFound):
    """A key that no group has or had."""

    code = "no_such_group"
    sentence = "There is no group `%(key)s`."
    meant = noted("There is no group `%(key)s`; did you mean `%(near)s`?")


class NoOriginal(Refusal):
    """What is closed cannot be copied."""

    code = "no_original"
    sentence = "This group is closed. Reopen it to copy it."


class CopiesRefused(Refusal):
    """Copies that cannot be made as the table says."""

    code = "copies_refused"
    sentence = "These copies cannot be made: %(said)s"


class BatchEnded(Conflict):
    """A batch of copies with nothing left to do, or one that was rolled back."""

    code = "batch_ended"
    sentence = "There is nothing left to do in this batch of copies."
