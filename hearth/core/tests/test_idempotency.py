"""One key, one effect, however often and from however many sides it comes."""

import threading

import pytest
from django.db import connection

from hearth.core.errors import IdempotencyMismatch, IdempotencyMissing
from hearth.core.idempotency import fingerprint_of, once_for
from hearth.core.models import Community, IdempotencyKey

THREADS = 8


def make(principal: str, key: str, fingerprint: str = "f", name: str = "made") -> bool:
    with once_for(principal, key, fingerprint) as claim:
        if claim.fresh:
            claim.result = {"community": Community.objects.create(key=f"{name}-{Community.objects.count()}").pk}
        return claim.fresh


@pytest.mark.django_db
def test_the_second_time_gives_the_first_result():
    assert [make("user:1", "k"), make("user:1", "k")] == [True, False]
    assert Community.objects.count() == 1
    with once_for("user:1", "k", "f") as claim:
        assert claim.result == {"community": Community.objects.get().pk}


@pytest.mark.django_db
def test_the_same_key_with_other_contents_is_refused_and_changes_nothing():
    make("user:1", "k", "first")
    with pytest.raises(IdempotencyMismatch):
        make("user:1", "k", "second")
    assert Community.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_people_are_two_keys():
    assert [make("user:1", "k"), make("user:2", "k")] == [True, True]


@pytest.mark.django_db
def test_a_write_without_a_key_is_refused():
    with pytest.raises(IdempotencyMissing):
        make("user:1", "")
    assert Community.objects.count() == 0


@pytest.mark.django_db
def test_the_same_form_at_another_filter_is_another_request(rf):
    one, other = (rf.post(f"/groups/?f.stage={stage}", {"all": "1"}) for stage in ("dead", "growth"))
    assert fingerprint_of(one) != fingerprint_of(other)


@pytest.mark.django_db
def test_a_key_whose_effect_failed_can_be_used_again():
    with pytest.raises(ZeroDivisionError), once_for("user:1", "k", "f"):
        raise ZeroDivisionError
    assert IdempotencyKey.objects.count() == 0
    assert make("user:1", "k") is True


def race(act) -> list:
    """Let all threads act at the same moment; their answers in any order."""
    start, answers = threading.Barrier(THREADS), []

    def run() -> None:
        try:
            start.wait(10)
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_effect():
    assert sorted(race(lambda: make("user:1", "k"))) == [False] * (THREADS - 1) + [True]
    assert Community.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_negative_control_look_then_insert_without_the_key_doubles():
    looked = threading.Barrier(THREADS)

    def naive() -> None:
        seen = Community.objects.filter(name={"en": "naive"}).exists()
        looked.wait(10)
        if not seen:
            Community.objects.create(key=f"naive-{threading.get_ident()}", name={"en": "naive"})

    race(naive)
    assert Community.objects.count() == THREADS
