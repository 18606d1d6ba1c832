"""The private PostgreSQL server and the local secret of a machine without deployment settings. No Django here."""

import os
import secrets
from pathlib import Path

from heating.embedded.cluster import Cluster

__all__ = ["Cluster", "database_url", "local_secret"]


def local_secret(var: Path) -> str:
    """Return the secret key kept in `var/secret`, made at the first call and readable by its owner only."""
    path = var / "secret"
    if not path.exists():
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = var / f"secret.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        # Several processes may come at once: the first link wins, and nobody ever reads a half-written secret.
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def database_url(var: Path, *, fast: bool = False) -> str:
    """Return the URL of the private server under `var`, started if it does not run; `fast` is for tests only."""
    cluster = Cluster(var / ("pg-test" if fast else "pg"), fast=fast)
    cluster.ensure()
    return cluster.url
