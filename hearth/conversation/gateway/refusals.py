"""What only the gateway refuses."""

from hearth.core.errors import NotAllowed, TooMany


class Busy(TooMany):
    """The server has more on its hands than it can write."""

    code = "busy"
    sentence = "The server is busy. Your text is kept; send it again in %(retry_after)s seconds."


class TokenMayNotWrite(NotAllowed):
    """A token without the scope for posting."""

    code = "not_allowed"
    sentence = "This token may only read."
