"""Cashiers who never give up: each posts the till form over HTTP until somebody answers, always with its request id."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

AWAY = (OSError, http.client.HTTPException)


@dataclass
class Ledger:
    """What the cashiers know: request ids that were acknowledged, refused, and how many answers never came."""

    paid: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    lost_answers: int = 0
    troubles: list[str] = field(default_factory=list)


class Cashier(threading.Thread):
    """One window with its own random order of rooms."""

    def __init__(self, port: int, cookie: str, rooms: list[int], seed: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.cookie, self.rooms, self.stop = port, cookie, rooms, stop
        self.random = random.Random(seed)
        self.seen = Ledger()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.serve(self.random.choice(self.rooms))
        except Exception as problem:  # a thread's traceback would be lost
            self.seen.troubles.append(repr(problem))

    def serve(self, room: int) -> None:
        """Open the till of a room, and post one small payment until it is answered."""
        path = f"/a/payments/rooms/{room}/till/"
        page = self.ask("GET", path)[1]
        hidden = {name: self.value(page, name) for name in ("csrfmiddlewaretoken", "request_id", "expected_due")}
        if not hidden["request_id"] or hidden["expected_due"] in ("", "0.00"):
            return
        form = hidden | {"channel": "cash", "amount": f"{self.random.randint(1, 300) / 100:.2f}"}
        status, page = self.ask("POST", path, urlencode(form))
        if status == 302:
            self.seen.paid.add(hidden["request_id"])
        elif status == 422:
            self.seen.refused.add(hidden["request_id"])
        else:
            self.seen.troubles.append(f"{status}: {page[:300]}")

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """Ask until there is an answer other than "come again"."""
        headers = {"Cookie": self.cookie}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1{path}"}
        for _ in range(600):
            web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                web.request(method, path, body or None, headers)
                answer = web.getresponse()
                text = answer.read().decode()
                if answer.status != 503:
                    return answer.status, text
            except AWAY:
                self.seen.lost_answers += 1
            finally:
                web.close()
            time.sleep(0.1)
        raise AssertionError("nobody answered for a minute")

    @staticmethod
    def value(page: str, name: str) -> str:
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        found = re.search(r'value="([^"]*)"', tag[0]) if tag else None
        return found[1] if found else ""
