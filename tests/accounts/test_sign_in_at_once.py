"""Signing in by many posts at the same moment."""

import threading
from time import sleep

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.models import LoginGuard
from accounts.services import lockout
from accounts.services.signin import REFUSED
from heating.audit.models import Record
from heating.settings import PASSWORD_HASHERS
from tests import build
from tests.accounts.signing import LOGIN, errors, fresh_captcha


def post_at_once(count: int, *, spend) -> list:
    """Send `count` posts from as many threads at the same moment; `spend(n)` gives the fields of the n-th."""
    barrier, answers = threading.Barrier(count), []

    def one(n: int) -> None:
        client = Client(REMOTE_ADDR=f"198.51.100.{n}")
        fields = spend(n)
        barrier.wait()
        try:
            answers.append(client.post(LOGIN, fields))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_posts_with_one_captcha_check_one_password():
    alice = build.cashier(build.site(build.company()))
    captcha = fresh_captcha(Client())
    fields = {"username": "alice", "password": "wrong", "captcha_key": captcha.hashkey, "captcha": captcha.response}
    answers = post_at_once(20, spend=lambda n: fields)
    assert sum(errors(answer) == [REFUSED] for answer in answers) == 1
    assert LoginGuard.objects.get(user=alice).failures == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_wrong_passwords_are_five_tries():
    alice = build.cashier(build.site(build.company()))

    def spend(n: int) -> dict:
        captcha = fresh_captcha(Client())
        return {"username": "alice", "password": "no", "captcha_key": captcha.hashkey, "captcha": captcha.response}

    post_at_once(20, spend=spend)
    assert LoginGuard.objects.get(user=alice).failures == 5
    assert Record.objects.filter(event="login.wrong").count() == 5
    assert Record.objects.filter(event="login.refused").count() == 15


@pytest.mark.django_db(transaction=True)
def test_at_most_four_hashes_are_computed_at_a_time(monkeypatch, settings):
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    running, most, real, lock = 0, 0, lockout.verify_password, threading.Lock()

    def counted(password, encoded):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        sleep(0.1)  # so that others come in between even on a busy machine
        try:
            return real(password, encoded)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(lockout, "verify_password", counted)

    def spend(n: int) -> dict:
        captcha = fresh_captcha(Client())
        return {"username": f"n{n}", "password": "no", "captcha_key": captcha.hashkey, "captcha": captcha.response}

    post_at_once(12, spend=spend)
    assert 2 <= most <= 4
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database AS d ON d.oid = database"
            " WHERE locktype = 'advisory' AND d.datname = current_database()"
        )
        assert cursor.fetchone()[0] == 0
