"""What every process loads at its start: web, gateway, worker and command alike."""

import subprocess
import sys

# Each takes tenths of a second and tens of megabytes; who measures loads them then.
ENGINES = {"duckdb", "ibis", "networkx", "pyspark", "scipy", "sqlglot"}
START = """
import sys, django
django.setup()
from django.urls import get_resolver
assert get_resolver().url_patterns
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_no_process_starts_with_the_engines_that_measure() -> None:
    started = subprocess.run([sys.executable, "-c", START], check=True, capture_output=True, text=True)
    loaded = set(started.stdout.split())
    assert "hearth" in loaded
    assert loaded & ENGINES == set()
