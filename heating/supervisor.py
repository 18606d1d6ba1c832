"""`bin/run` after its set-up: the database, the web server and the workers as children, restarted when they die.

Everything here survives a kill -9: children of a killed supervisor are found by a mark in their environment and
ended at the next start, and the server's data are PostgreSQL's business.
"""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from heating.embedded import Cluster
from heating.embedded.cluster import put_aside
from heating.embedded.problem import Problem

BASE = Path(__file__).resolve().parent.parent
MARK = "HEATING_SUPERVISED"
GRACE = 15  # seconds for requests and jobs to end after SIGTERM
WEB = ["gunicorn", "heating.wsgi"]  # the rest stands in gunicorn.conf.py


class Child:
    """One process group that should run; started again with growing pauses when it dies."""

    def __init__(self, name: str, command: list[str], *, log: Path, env: dict[str, str]) -> None:
        self.name, self.command, self.log, self.env = name, command, log, env
        self.pause, self.due, self.began = 0.2, 0.0, 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        put_aside(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=BASE,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, who ends them in order
            )
        self.began = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill_group(self, sign: signal.Signals) -> None:
        """Signal the process and what it left behind."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, sign)

    def look_after(self) -> None:
        """Start the child again if it died, at most every `pause` seconds (0.2 to 5, short again after a long life)."""
        if self.alive():
            return
        now = time.monotonic()
        if self.began:
            self.pause = 0.2 if now - self.began > 30 else min(self.pause * 2, 5)
            self.due, self.began = now + self.pause, 0.0
            self.kill_group(signal.SIGKILL)
            say(f"{self.name} 已退出，正在重启 (日志 {self.log})")
        if now >= self.due:
            self.start()


class Supervisor:
    """The order of starting and stopping."""

    def __init__(self) -> None:
        self.var = Path(os.environ.get("HEATING_VAR", BASE / "var")).resolve()
        self.port = port_of(os.environ.get("HEATING_PORT", "8001"))
        url = os.environ.get("DATABASE_URL") or ("" if os.environ.get("HEATING_MODE") == "production" else "embedded")
        self.cluster = Cluster(self.var / "pg") if url == "embedded" else None
        self.env = os.environ | {MARK: str(self.var), "PYTHONUNBUFFERED": "1", "HEATING_VAR": str(self.var)}
        self.children: list[Child] = []

    def run(self) -> None:
        """Bring all up, say where, and look after it until a signal comes."""
        if self.cluster:
            self.cluster.ensure()
            self.env["DATABASE_URL"] = self.cluster.url  # the children start no server of their own
        accounts = self.prepare()
        web = self.add("web", [sys.executable, "-m", *WEB, f"--bind=127.0.0.1:{self.port}"])
        self.wait_for_page(web)
        # Two workers, so that a long import does not hold up what is due in seconds.
        self.add("worker", [sys.executable, "manage.py", "worker"])
        self.add("worker-quick", [sys.executable, "manage.py", "worker", "--quick"])
        say(f"热力缴费管理系统: {address(self.port)}\n{accounts}按 Ctrl-C 停止")
        while True:
            self.look_after()
            time.sleep(0.2)

    def claim(self) -> None:
        """Take the folder and the port, or say in one line who has them; the kernel gives both back if we die."""
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.lock = (self.var / "supervisor.lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(f"已在运行 (数据目录 {self.var})") from None
        end_leftovers(self.var)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                raise Problem(f"端口 {self.port} 已被占用；可换一个: HEATING_PORT=8002 bin/run") from None

    def prepare(self) -> str:
        """Bring the tables up to date; return what the command says of the demo accounts."""
        command = [sys.executable, "manage.py", "prepare"]
        done = subprocess.run(command, cwd=BASE, env=self.env, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Problem("数据库准备失败，见上面的信息")
        return done.stdout

    def add(self, name: str, command: list[str]) -> Child:
        """Start one more child to look after."""
        logs = self.var / "log"
        logs.mkdir(exist_ok=True)
        child = Child(name, command, log=logs / f"{name}.log", env=self.env)
        self.children.append(child)
        child.start()
        return child

    def wait_for_page(self, web: Child) -> None:
        """Return when the web server answers."""
        deadline = time.monotonic() + 60
        while not answers(self.port):
            if not web.alive() or time.monotonic() > deadline:
                raise Problem(f"网站未能启动，日志 {web.log}")
            time.sleep(0.05)

    def look_after(self) -> None:
        """Restart what died."""
        if self.cluster and self.cluster.postmaster() is None:
            say("PostgreSQL 已退出，正在重启")
            try:
                self.cluster.ensure()
            except Problem as problem:
                say(str(problem))
        for child in self.children:
            child.look_after()

    def stop(self) -> None:
        """End the children together, then the database."""
        for child in self.children:
            child.kill_group(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while any(child.alive() for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in self.children:
            child.kill_group(signal.SIGKILL)
        end_leftovers(self.var)  # also one whose start the signal interrupted
        if self.cluster:
            self.cluster.stop()


def port_of(text: str) -> int:
    """Return the port that HEATING_PORT names, or say in one line what is wrong with it."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Problem(f"HEATING_PORT 应为 1–65535 的整数，现在是“{text}”")
    return int(text)


def address(port: int) -> str:
    """Return the address that opens the product in a browser: in production that of the proxy before it."""
    if os.environ.get("HEATING_MODE") != "production":
        return f"http://127.0.0.1:{port}/a/login"
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*") or "域名"
    plain = os.environ.get("PLAIN_HTTP", "").strip().lower() in ("true", "1", "yes", "on", "t", "y", "ok")
    warning = "\n警告: PLAIN_HTTP 已打开，密码在网络上明文传输，只可用于与外界隔离的大厅内网" if plain else ""
    scheme = "http" if plain else "https"
    return f"{scheme}://{host}/a/login（由反向代理转发到 127.0.0.1:{port}）{warning}"


def answers(port: int) -> bool:
    """Say whether a web server gives any answer there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/a/login")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def end_leftovers(var: Path) -> None:
    """End the children of a supervisor of the same folder that was killed."""
    for sign, seconds in ((signal.SIGTERM, 3), (signal.SIGKILL, 2)):
        deadline = time.monotonic() + seconds
        left = leftovers(var)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        while left and leftovers(var) and time.monotonic() < deadline:
            time.sleep(0.05)


def leftovers(var: Path) -> list[int]:
    """Return the living processes that carry our mark in their environment."""
    mark = f"{MARK}={var}".encode()
    return [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and int(folder.name) != os.getpid() and mark in environment(folder)
    ]


def environment(folder: Path) -> list[bytes]:
    """Return the environment of a process; nothing for one that ended or is somebody else's."""
    try:
        return (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """Run until Ctrl-C or SIGTERM, and stop cleanly."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGINT too: a shell ignores it for its background
        signal.signal(sign, signal.default_int_handler)
    supervisor = Supervisor()
    supervisor.claim()
    try:
        supervisor.run()
    except KeyboardInterrupt:
        say("正在停止 ...")
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        supervisor.stop()


if __name__ == "__main__":
    main()
