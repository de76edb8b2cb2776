from pathlib import Path

from tests.facts import check_examples


def test_stored_examples_of_every_fact_version_still_parse():
    check_examples("groups", Path(__file__).with_name("fact_examples.json"))
