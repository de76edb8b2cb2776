"""One refresh in a process of its own, to be killed: ``python -m hearth.insight.tests.refreshing FOLDER``."""

import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()
    columns = __import__("hearth.insight.services.columns", fromlist=["*"])
    tests = __import__("hearth.insight.tests.test_columns", fromlist=["*"])
    columns.refresh_columns(columns.ColumnStore(Path(sys.argv[1])), tests.living_and_on(), tests.SOME, tests.START + 61)
