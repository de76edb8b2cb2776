"""Refusals of talk."""

from hearth.core.errors import NotAllowed, Refusal, TooMany


class EmptyMessage(Refusal):
    """Nothing to post."""

    code = "empty_message"
    sentence = "Write something, or add a picture or a file."


class TooLong(Refusal):
    """More than a message holds."""

    code = "too_long"
    sentence = "A message holds %(limit)s characters; this one has %(length)s. Shorten it or send it in two."


class Muted(NotAllowed):
    """The member has no voice here for now."""

    code = "muted"
    sentence = "You cannot write here until %(until)s. Reading stays open to you."


class GroupClosed(NotAllowed):
    """The group takes no more messages."""

    code = "group_closed"
    sentence = "This group is closed. You can read it, but not write in it."


class NotAMember(NotAllowed):
    """Only members write."""

    code = "not_a_member"
    sentence = "Join the group to write in it."


class TooQuick(TooMany):
    """The rate limit of one author."""

    code = "too_quick"
    sentence = "That was quick. Wait %(retry_after)s seconds, then send it again; your text is kept."


class NoSuchReply(Refusal):
    """The message to answer is not in this room."""

    code = "no_such_reply"
    sentence = "The message you answer is not in this room any more."


class NotAQuestion(Refusal):
    """Only questions have accepted answers."""

    code = "not_a_question"
    sentence = "Only an answer to a question can be accepted."


class BadClientId(Refusal):
    """A client id is 8 to 64 letters, digits, - or _."""

    code = "bad_client_id"
    status = 400
    sentence = "The message carries no usable client id. Load the page again, then send it."


class FileTooLarge(Refusal):
    """More bytes than a file may have."""

    code = "file_too_large"
    sentence = "A file may have %(limit)s MB. Make it smaller, or share a link to it."


class UnknownFile(Refusal):
    """Judged by its content, not by its name."""

    code = "unknown_file"
    sentence = "This kind of file cannot be shared. Pictures, PDF, Office documents and plain text can."


class BadFile(Refusal):
    """A picture that cannot be read."""

    code = "bad_file"
    sentence = "This picture cannot be read. Save it again as JPEG or PNG and try once more."


class QuotaReached(TooMany):
    """One person's share of a day."""

    code = "quota_reached"
    sentence = "You have shared a lot today. Tomorrow there is room again."

    def __init__(self, **params: str) -> None:
        super().__init__(3600)
        self.field = params.get("field")
