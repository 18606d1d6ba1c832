"""A whole product for one test: supervisor, PostgreSQL with fsync on, web server and workers, on a port of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from heating.embedded import Cluster
from heating.supervisor import leftovers
from tests.database import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> float:
    """Wait for the condition and return how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


class Product:
    """What `bin/run` runs after its set-up, in a folder of its own."""

    def __init__(self, var: Path) -> None:
        self.var, self.port = var.resolve(), free_port()
        self.cluster = Cluster(self.var / "pg")
        self.env = os.environ | {"HEATING_VAR": str(var), "HEATING_PORT": str(self.port)}
        self.env["DJANGO_SETTINGS_MODULE"] = "heating.settings"
        self.env.pop("DATABASE_URL", None)
        self.supervisor: subprocess.Popen[str] | None = None

    def launch(self) -> subprocess.Popen[str]:
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "heating.supervisor"],
            cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return self.supervisor

    def start(self) -> float:
        """Start and return the seconds until it has said its address."""
        began = time.monotonic()
        lines = []
        for line in self.launch().stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                return time.monotonic() - began
        raise AssertionError("".join(lines))

    def answers(self, path: str = "/admin/login/") -> bool:
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            web.request("GET", path)
            return web.getresponse().status in (200, 302)
        except OSError:
            return False
        finally:
            web.close()

    def processes(self, words: str) -> list[int]:
        """Return our processes whose command line holds the words, the oldest first."""
        found = []
        for pid in sorted(leftovers(self.var)):
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if words in line:
                found.append(pid)
        return found

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        """Kill the supervisor alone."""
        self.supervisor.send_signal(sign)
        self.supervisor.wait(30)
        self.supervisor.stdout.close()

    def clean_up(self) -> None:
        if self.supervisor and self.supervisor.poll() is None:
            self.kill(signal.SIGTERM)
        for pid in leftovers(self.var):
            os.kill(pid, signal.SIGKILL)
        self.cluster.stop()
