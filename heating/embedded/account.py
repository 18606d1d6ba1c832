"""The account of the server process: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from heating.embedded.problem import Problem

NOBODY = 65534
# With one of these the server passes a 0700 folder on the way to its data without any chmod there.
CAPABILITIES = ("dac_read_search", "dac_override")


@dataclass(frozen=True)
class Account:
    """A command prefix that changes the account, and the owner its files must have on disk."""

    prefix: tuple[str, ...]
    uid: int
    gid: int


def server_account(data: Path, binary: str) -> Account:
    """Return the account under which `binary` can run on the folder `data`; `Problem` when root finds none.

    A normal user runs the server under their own account. Root runs it as the owner of an existing data folder, else
    as `nobody`.
    """
    if os.geteuid() != 0:
        return Account((), os.geteuid(), os.getegid())
    for account in candidates(data):
        if works(account, data.parent, binary):
            return account
    raise Problem("PostgreSQL 不能以 root 运行，且本机不允许切换用户(setpriv, unshare 均不可用)；请改用普通用户运行")


def candidates(data: Path) -> list[Account]:
    """Return the ways in which root can give up its name, best first."""
    uid, gid = wanted_owner(data)
    switch = ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--securebits=+no_setuid_fixup")
    accounts = [Account((*switch, f"--inh-caps=+{cap}", f"--ambient-caps=+{cap}"), uid, gid) for cap in CAPABILITIES]
    # In its own user namespace the server believes to be nobody, while its files stay root's.
    return [*accounts, Account(("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"), 0, 0)]


def wanted_owner(data: Path) -> tuple[int, int]:
    """Return (uid, gid) of the data folder's owner, or of nobody when it is new or root's."""
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return NOBODY, NOBODY
    return entry.pw_uid, entry.pw_gid


def works(account: Account, folder: Path, binary: str) -> bool:
    """Say whether the account can run the binary and reach the folder."""
    # test -x asks with the very rights that the server will have.
    script = '"$0" --version && test -x "$1"'
    command = [*account.prefix, "/bin/sh", "-c", script, binary, str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def give(path: Path, account: Account) -> None:
    """Make the account the owner of `path` and of all below it; only root can, and only root needs to."""
    if os.geteuid() != 0 or path.stat().st_uid == account.uid:
        return
    for below in [path, *path.rglob("*")]:
        os.chown(below, account.uid, account.gid, follow_symlinks=False)
