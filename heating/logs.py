"""The files of the logs. Read while the settings are, so no Django here."""

from __future__ import annotations

import logging
import os
from datetime import date
from pathlib import Path


class DatedFile(logging.Handler):
    """Appends to a file of the day, so that nothing is ever erased and several processes write side by side."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__()
        self.folder, self.prefix = Path(folder), name
        self.day: date | None = None
        self.descriptor = -1

    def emit(self, record: logging.LogRecord) -> None:
        try:
            today = date.fromtimestamp(record.created)
            if today != self.day:
                self.turn(today)
            # One write of one line: the kernel keeps the lines of several processes apart.
            os.write(self.descriptor, (self.format(record) + "\n").encode(errors="replace"))
        except OSError:
            self.handleError(record)

    def turn(self, today: date) -> None:
        """Begin the file of another day."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{self.prefix}-{today}.log"
        fresh = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        if self.descriptor >= 0:
            os.close(self.descriptor)
        self.descriptor, self.day = fresh, today
