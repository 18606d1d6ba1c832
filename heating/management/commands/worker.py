"""Do the long work that waits in the queue; run any number of these, on any machine that reaches the database."""

import os
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from heating.jobs.kinds import KINDS
from heating.jobs.worker import Worker
from heating.preflight import preflight


class Command(BaseCommand):
    help = "Work on the job queue until SIGTERM or Ctrl-C; the job in hand is finished or given back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="only what is done in seconds")

    def handle(self, *, quick: bool, **options: Any) -> None:
        preflight.at_start()
        worker = Worker([kind.name for kind in KINDS.values() if kind.quick or not quick])
        stop_on_signal(worker)
        while preflight.pending and not worker.stopping.wait(1):
            preflight.try_again()
        worker.loop()


def stop_on_signal(worker: Worker) -> None:
    """Let SIGTERM and Ctrl-C set `worker.stopping` at once.

    A Python signal handler waits for the main thread, which may sit in one SQL statement for minutes; the wake-up
    pipe is written by the C handler, and another thread reads it.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: None)

    def listen() -> None:
        os.read(reader, 1)
        worker.stopping.set()

    threading.Thread(target=listen, daemon=True, name="signals").start()
