"""How gunicorn serves: `python -m gunicorn heating.wsgi` in this folder reads this file by itself."""

import os
import shutil

from gunicorn import util

from heating.web import METRICS, refusal

# The web processes add up their numbers in files, which begin anew with the server. The library looks for the name of
# the folder when it is imported.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)
shutil.rmtree(METRICS, ignore_errors=True)
METRICS.mkdir(mode=0o700, parents=True)

from prometheus_client import multiprocess  # noqa: E402

wsgi_app = "heating.wsgi"
bind = "127.0.0.1:8001"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
preload_app = True
timeout = 120
graceful_timeout = 10
max_requests = 20000
max_requests_jitter = 2000
control_socket_disable = True

# The server's own refusals (400, 414, 431 …) carry the headers that the product's pages carry.
util.write_error = lambda sock, status, reason, _message: util.write_nonblock(sock, refusal(status, reason))


def child_exit(server, worker):
    """Forget the gauges of a web process that ended."""
    multiprocess.mark_process_dead(worker.pid)
