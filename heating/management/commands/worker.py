"""Do the long work that waits in the queue; run any number of these, on any machine that reaches the database."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from heating.jobs.kinds import KINDS
from heating.jobs.worker import Worker


class Command(BaseCommand):
    help = "Work on the job queue until SIGTERM or Ctrl-C; the job in hand is finished or given back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="only what is done in seconds")

    def handle(self, *, quick: bool, **options: Any) -> None:
        worker = Worker([kind.name for kind in KINDS.values() if kind.quick or not quick])
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: worker.stopping.set())
        worker.loop()
