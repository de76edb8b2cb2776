"""How fast one principal may read by program: a burst at once, then so many a minute. Kept in this process alone."""

import math
import threading
import time


class Pace:
    """The generic cell rate algorithm (ITU-T I.371): one number for each principal, exact waiting times.

    ``per_minute`` is the lasting rate; ``burst`` so many may come at once after a rest. Several web processes allow
    each as much: the limit guards a machine against a loop, it is no quota.
    """

    FORGET_AT = 10_000  # principals; those who are within their rate have nothing to remember

    def __init__(self, per_minute: int, burst: int) -> None:
        self.per_minute, self.burst = per_minute, burst
        self._interval = 60 / per_minute
        self._due: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, principal: str, at: float | None = None) -> int:
        """0 when ``principal`` may go on, and one request is counted; else whole seconds to wait, and none is.

        ``at``: seconds of a clock that never goes back, by default the machine's.
        """
        moment = time.monotonic() if at is None else at
        with self._lock:
            if len(self._due) >= self.FORGET_AT:
                self._due = {key: due for key, due in self._due.items() if due > moment}
            due = max(self._due.get(principal, moment), moment)
            early = due - moment - self._interval * (self.burst - 1)
            if early > 1e-9:
                return math.ceil(early)
            self._due[principal] = due + self._interval
        return 0

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._due.clear()
