"""What notify refuses."""

from hearth.core.errors import Refusal


class BadUnsubscribe(Refusal):
    """A link to stop mail that cannot be read."""

    code = "bad_unsubscribe"
    status = 404
    sentence = "This link cannot be read. Sign in and choose what is mailed to you in your settings."
