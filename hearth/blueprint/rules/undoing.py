"""What of a history was taken back."""

from collections.abc import Iterable


def undone(revisions: Iterable[tuple[int, int | None]]) -> set[int]:
    """The numbers that are not in force, of revisions told the newest first, each with the number it went back before.

    A way back takes back that number and all since, ways back among them: undoing a way back brings back what it undid.
    """
    gone: set[int] = set()
    back_to: int | None = None
    for number, undoes in revisions:
        if back_to is not None and number >= back_to:
            gone.add(number)
        else:
            back_to = undoes
    return gone
