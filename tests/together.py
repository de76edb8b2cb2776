"""Which tests one worker takes together: those of a file, and those of files that share what is dear to make.

xdist's own groups are silently ignored from pytest 9.2 on (pytest-dev/pytest-xdist#1386).
"""

from xdist.scheduler import LoadScopeScheduling

METRICS = "hearth/insight/tests/test_"  # the statements of the metrics are compiled, and a ward is measured, once
SHARING = {
    f"{METRICS}{name}.py": "metrics"
    for name in (
        *("api", "cohorts", "columns", "measuring", "metric_pages", "one_number", "one_number_living", "pictures"),
        *("pulse_days", "reports", "weekly"),
    )
}


def shared_with(nodeid: str) -> str:
    """What a test is taken together with."""
    file = nodeid.partition("::")[0]
    return SHARING.get(file, file)


class ByFile(LoadScopeScheduling):
    """Hands out whole files, and files that share something as one."""

    def _split_scope(self, nodeid: str) -> str:
        return shared_with(nodeid)
