"""A short storm with a fixed seed; `bin/prove crash` is the long one."""

import pytest

from tests.platform.servers import Product
from tests.platform.storm import storm

SEED = 20260105


@pytest.mark.heavy
def test_whatever_is_killed_while_money_is_taken_nothing_is_lost_doubled_or_half_done(tmp_path, monkeypatch):
    monkeypatch.setenv("HEATING_MODE", "demo")
    product = Product(tmp_path)
    try:
        product.start()
        after = storm(product, seed=SEED, kills={"web": 5, "backend": 2, "postmaster": 1, "worker": 1})
        assert after.troubles == []
        assert len(after.acknowledged) > 10
        assert (after.lost, after.doubled, after.unexplained) == (0, 0, 0)
        assert after.books["broken"] == {}
        assert after.books["checked"] > 10
    finally:
        product.clean_up()
