"""G1: kill -9 of web, database and worker under load; nothing acknowledged is lost, nothing is doubled."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.platform.servers import Product
from tests.platform.storm import storm

KILLS = {"web": 200, "backend": 50, "postmaster": 15, "worker": 20}


def measure() -> dict[str, Any]:
    """Run the storm on a product of its own; SEED repeats a run."""
    seed = int(os.environ.get("SEED", "1"))
    with TemporaryDirectory() as folder:
        product = Product(Path(folder))
        try:
            product.start()
            after = storm(product, seed=seed, kills=KILLS)
        finally:
            product.clean_up()
    wrong = after.lost + after.doubled + after.unexplained + len(after.troubles) + len(after.books["broken"])
    return {
        "ratio": wrong,
        "goal": 0,
        "ok": wrong == 0 and bool(after.acknowledged),
        "seed": seed,
        "kills": sum(KILLS.values()),
        "payments": len(after.stored),
        "lost": after.lost,
        "doubled": after.doubled,
        "lost_answers": after.lost_answers,
        "troubles": after.troubles[:5],
        "books": after.books,
        "worst_recovery_s": after.worst_recovery,
    }
