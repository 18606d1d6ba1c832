"""`bin/run` after its set-up: everything that can be killed is killed, with kill -9."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from heating.supervisor import leftovers
from tests.platform.servers import Product, wait_until

pytestmark = pytest.mark.heavy
LIMIT = 30  # seconds; 1 to 2 on an idle machine, and the suite must also pass on a busy one


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    one = Product(tmp_path_factory.mktemp("产 品"))
    yield one
    one.clean_up()


@pytest.fixture
def product(running: Product) -> Product:
    """One product for all tests here, started again after a test that ended it."""
    if running.supervisor is None or running.supervisor.poll() is not None:
        running.start()
    return running


@pytest.mark.parametrize("words", ["gunicorn", "manage.py worker --quick", "manage.py worker"])
def test_a_killed_child_comes_back_by_itself(product, words):
    before = product.processes(words)
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: [pid for pid in product.processes(words) if pid not in before], LIMIT, words)
    wait_until(product.answers, LIMIT, "page")


def test_a_killed_web_worker_is_replaced_without_a_restart(product):
    master, *workers = product.processes("gunicorn")
    os.kill(workers[0], signal.SIGKILL)
    wait_until(lambda: len(product.processes("gunicorn")) == 3, LIMIT, "worker")
    assert product.processes("gunicorn")[0] == master
    assert product.answers()


def test_a_killed_postgresql_comes_back_by_itself_and_so_do_the_pages(product):
    before = product.cluster.postmaster()
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: product.cluster.postmaster() not in (None, before), LIMIT, "postmaster")
    wait_until(product.answers, LIMIT, "page")
    assert product.supervisor.poll() is None


def test_a_killed_supervisor_is_no_obstacle_to_the_next_start(product):
    orphans = product.processes("")
    postmaster = product.cluster.postmaster()
    product.kill()
    assert product.answers()  # its children serve on
    took = product.start()
    assert took < 60  # about 2 s on an idle machine
    assert not set(orphans) & set(product.processes(""))
    assert product.cluster.postmaster() == postmaster
    assert product.answers()


def test_everything_killed_at_once_is_no_obstacle_to_the_next_start(product):
    victims = [*product.processes(""), product.cluster.postmaster()]
    product.supervisor.kill()
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    product.kill()
    product.start()
    assert product.answers()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_leaves_nothing(product, sign):
    product.kill(sign)
    assert product.supervisor.returncode == 0
    assert leftovers(product.var) == []
    assert product.cluster.postmaster() is None


def test_a_signal_in_the_middle_of_a_start_leaves_nothing_either(running):
    if running.supervisor.poll() is None:
        running.kill(signal.SIGTERM)
    for pause in (0.3, 0.8, 1.5):
        running.launch()
        time.sleep(pause)
        running.kill(signal.SIGINT)
        assert leftovers(running.var) == []


def test_a_second_start_on_the_same_folder_says_so_and_harms_nothing(product):
    second = Product(product.var)
    output = second.launch().communicate(timeout=30)[0]
    assert (second.supervisor.returncode, "已在运行" in output) == (1, True)
    assert product.answers()


def test_an_occupied_port_is_named_in_one_line(tmp_path):
    product = Product(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", product.port))
        other.listen()
        output = product.launch().communicate(timeout=30)[0]
    assert product.supervisor.returncode == 1
    assert f"端口 {product.port} 已被占用" in output
    assert "Traceback" not in output
