"""The private PostgreSQL cluster and the local secret of a machine without deployment settings."""

import secrets
from pathlib import Path


def local_secret(var: Path) -> str:
    """Return the secret key kept in `var/secret`, made at the first call and readable by its owner only."""
    path = var / "secret"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def database_url(var: Path) -> str:
    """Return the URL of the embedded cluster under `var`."""
    raise NotImplementedError
