"""docs/operations.md on this machine: a service account, Debian's PostgreSQL 15 and pgbouncer, nginx with https.

As root, in temporary folders and under an account that is removed again. It needs the Debian packages of PACKAGES.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.database import ROOT
from tests.platform.servers import free_port

ACCOUNT, HOST, PASSWORD = "heating-prove", "heat.example.com", "Deploy-prove-1"
PG = Path("/usr/lib/postgresql/15/bin")
PACKAGES = {"nginx": "nginx", "pgbouncer": "pgbouncer", "openssl": "openssl", "curl": "curl", "runuser": "util-linux"}
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{https} ssl; server_name {host};
    ssl_certificate {folder}/heating.crt; ssl_certificate_key {folder}/heating.key;
    client_max_body_size 25m; gzip on;
    location / {{
      proxy_pass http://127.0.0.1:{web};
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""
BOUNCER = """
[databases]
* = host=127.0.0.1 port={pg}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {bouncer}
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = transaction
unix_socket_dir =
logfile = {folder}/pgbouncer.log
"""


NETWORK = ("http_proxy", "https_proxy", "no_proxy", "ssl_cert", "requests_ca", "node_extra_ca", "pip_", "npm_config_")


class Machine:
    """The folder, the account, and what runs."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack, self.passed = stack, []
        self.folder = Path(mkdtemp(prefix="heating-deploy-"))
        self.folder.chmod(0o755)
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.account()
        self.ports = {name: free_port() for name in ("web", "pg", "https", "bouncer")}
        url = f"postgres://{ACCOUNT}:{PASSWORD}@127.0.0.1:{self.ports['pg']}/heating"
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "HEATING_MODE": "production",
            "SECRET_KEY": "0123456789abcdef" * 4, "FIELD_KEY": "first-key-" * 5, "DATABASE_URL": url,
            "ALLOWED_HOSTS": HOST, "TRUSTED_PROXIES": "127.0.0.1", "HEATING_VAR": str(self.folder / "var"),
        }  # fmt: skip

    def account(self) -> None:
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--home-dir",
                str(self.folder),
                "--shell",
                "/usr/sbin/nologin",
                ACCOUNT,
            ],
            check=True,
        )
        self.stack.callback(subprocess.run, ["userdel", ACCOUNT], check=False, capture_output=True)
        entry = pwd.getpwnam(ACCOUNT)
        os.chown(self.folder, entry.pw_uid, entry.pw_gid)

    def run(self, *command: str, ok: bool = True, **env: str) -> str:
        """Run a command of the manual as the service account, and return what it said."""
        words = ["runuser", "-u", ACCOUNT, "--", *command]
        done = subprocess.run(
            words, cwd=self.folder / "app", env=self.env | env, capture_output=True, text=True, timeout=600, check=False
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) is ok, f"{command}: {said[-2000:]}"
        return said

    def manage(self, *words: str, **options: Any) -> str:
        return self.run(".venv/bin/python", "manage.py", *words, **options)

    def keep(self, *command: str, cwd: str = "app", **env: str) -> subprocess.Popen[bytes]:
        """Start what runs until the end of the proof."""
        log = (self.folder / f"{Path(command[0]).name}.out").open("ab")
        words = ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups", *command]
        child = subprocess.Popen(words, cwd=self.folder / cwd, env=self.env | env, stdout=log, stderr=log)
        self.stack.callback(log.close)
        self.stack.callback(end, child)
        return child

    def ask(self, url: str, *options: str) -> str:
        named = ["-H", f"Host: {HOST}"] if url.startswith("https") else []
        command = ["curl", "-sk", "--max-time", "20", "-i", *named, *options, url]
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False).stdout

    def ask_psql(self, url: str, sql: str) -> str:
        command = ["psql", url, "-c", sql]
        return subprocess.run(command, capture_output=True, text=True, env=self.env, check=False).stdout

    def step(self, name: str, holds: object) -> None:
        assert holds, f"{name}: {holds!r}"
        self.passed.append(name)


def end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def until(condition: Callable[[], object], seconds: float = 60) -> object:
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def program(machine: Machine) -> None:
    """Take the program as `git clone` gives it and set it up; the front-end files are those of this checkout."""
    app = machine.folder / "app"
    app.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "x", "-C", str(app)], input=archive, check=True)
    shutil.copytree((ROOT / "static" / "vendor").resolve(), app / "static" / "vendor")
    subprocess.run(["chown", "-R", f"{ACCOUNT}:", str(machine.folder)], check=True)
    # What this machine needs to reach the package registries: proxies, certificates, mirrors.
    network = {name: value for name, value in os.environ.items() if name.lower().startswith(NETWORK)}
    machine.run("bin/setup", PYTHON="/usr/bin/python3", **network)
    machine.step("set-up by the service account", (app / ".venv").is_dir())


def database(machine: Machine) -> None:
    """Debian's PostgreSQL 15 with the role and the database of the manual."""
    data, port = machine.folder / "pg", str(machine.ports["pg"])
    (machine.folder / "pw").write_text(PASSWORD)
    (machine.folder / "pw").chmod(0o644)
    initdb = (str(PG / "initdb"), "-D", str(data), "-U", ACCOUNT, "--auth=scram-sha-256", "--locale=C.UTF-8")
    machine.run(*initdb, "-E", "UTF8", f"--pwfile={machine.folder / 'pw'}")
    machine.keep(str(PG / "postgres"), "-D", str(data), "-p", port, "-k", str(machine.folder))
    admin = machine.env["DATABASE_URL"].rpartition("/")[0] + "/postgres"
    create = ("psql", admin, "-c", "CREATE DATABASE heating ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
    until(lambda: "1 row" in machine.ask_psql(admin, "SELECT 1"))
    machine.run(*create)


def website(machine: Machine) -> None:
    """Tables, company, web server, worker and nginx; what a browser and a monitor see."""
    machine.step("prepare", machine.manage("prepare") is not None)
    machine.step("company", "初始密码" in machine.manage("create_company", "真实热力公司"))
    said = machine.manage("check", "--deploy")
    machine.step(f"check --deploy: {said}" if "no issues" not in said else "check --deploy", "no issues" in said)
    mistaken = machine.manage("prepare", ok=False, HEATING_MODE="demo")
    machine.step("demo refused", "HEATING_MODE=production" in mistaken)
    wrong = machine.manage("prepare", ok=False, FIELD_KEY="x" * 50)
    machine.step("wrong key refused", "FIELD_KEY 与数据库不符" in wrong)
    web = f"127.0.0.1:{machine.ports['web']}"
    machine.keep(".venv/bin/python", "-m", "gunicorn", "heating.wsgi", f"--bind={web}")
    machine.keep(".venv/bin/python", "manage.py", "worker")
    healthy = until(lambda: "200 OK" in machine.ask(f"http://{web}/a/health"), 90)
    machine.step("health by address", healthy)
    proxy(machine)
    page = machine.ask(site(machine, "/a/login"))
    machine.step("page through nginx", "200 OK" in page and "__Host-" in page)
    machine.step("compressed page", "ontent-Encoding: gzip" in machine.ask(site(machine, "/a/login"), "-H", GZIP))
    style = page.partition('href="/static/')[2].partition('"')[0]
    answer = machine.ask(site(machine, f"/static/{style}"), "-H", GZIP)
    machine.step("static files for ever", "immutable" in answer and "ontent-Encoding: gzip" in answer)
    secure = "301" in machine.ask(f"http://{web}/a/login", "-H", f"Host: {HOST}")
    machine.step("http leads to https", secure)
    bare = machine.ask(f"http://{web}/{'x' * 9000}")
    machine.step("414 with headers", "414" in bare and "X-Frame-Options: DENY" in bare)


GZIP = "Accept-Encoding: gzip"


def site(machine: Machine, path: str) -> str:
    return f"https://127.0.0.1:{machine.ports['https']}{path}"


def proxy(machine: Machine) -> None:
    folder = machine.folder
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, host=HOST, **machine.ports))
    key = ("-keyout", str(folder / "heating.key"), "-out", str(folder / "heating.crt"))
    machine.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}", *key)
    machine.keep("nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log"))
    until(lambda: "200 OK" in machine.ask(site(machine, "/a/login")))


def bouncer(machine: Machine) -> None:
    """Debian's pgbouncer refuses start-up options; the lock timeout stands with the role."""
    (machine.folder / "users.txt").write_text(f'"{ACCOUNT}" "{PASSWORD}"\n')
    (machine.folder / "bouncer.ini").write_text(BOUNCER.format(folder=machine.folder, **machine.ports))
    machine.keep("pgbouncer", str(machine.folder / "bouncer.ini"))
    url = machine.env["DATABASE_URL"]
    through = {"DATABASE_URL": url.replace(f":{machine.ports['pg']}/", f":{machine.ports['bouncer']}/")}
    until(lambda: "1 row" in machine.ask_psql(through["DATABASE_URL"], "SELECT 1"))
    without = machine.manage("prepare", ok=False, PGBOUNCER="true", **through)
    machine.step("pgbouncer without lock_timeout refused", "lock_timeout" in without)
    for setting in ("lock_timeout = '5s'", "client_connection_check_interval = '1s'"):
        machine.run("psql", url, "-c", f'ALTER ROLE "{ACCOUNT}" SET {setting}')
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    machine.run("psql", url, "-c", others)  # those that pgbouncer keeps know nothing of the setting
    machine.manage("prepare", PGBOUNCER="true", **through)
    port = free_port()
    command = (".venv/bin/python", "-m", "gunicorn", "heating.wsgi", f"--bind=127.0.0.1:{port}")
    machine.keep(*command, PGBOUNCER="true", HEATING_VAR=str(machine.folder / "var2"), **through)
    reached = until(lambda: "200 OK" in machine.ask(f"http://127.0.0.1:{port}/a/health"), 90)
    machine.step("website through pgbouncer", reached)


def care(machine: Machine) -> None:
    """Unlock, key rotation, backup and restore, upgrade."""
    machine.step("unlock", "已解锁" in machine.manage("unlock", "admin"))
    both = {"FIELD_KEY": "second-key-" * 5 + "," + machine.env["FIELD_KEY"]}
    machine.step("key rotation", "已重新加密" in machine.manage("rotate_field_key", **both))
    machine.env |= both
    url, dump = machine.env["DATABASE_URL"], str(machine.folder / "heating.dump")
    machine.run("pg_dump", "--format=custom", f"--file={dump}", url)
    restored = url.rpartition("/")[0] + "/heating_restored"
    create = "CREATE DATABASE heating_restored ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
    machine.run("psql", url, "-c", create)
    machine.run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={restored}", dump)
    machine.step("restore", "不符" not in machine.manage("check_books", DATABASE_URL=restored))
    machine.step("upgrade", machine.manage("prepare") is not None)


def embedded(machine: Machine) -> None:
    """Backup and restore of the database that comes along."""
    here = {"DATABASE_URL": "embedded", "HEATING_VAR": str(machine.folder / "var3")}
    tool = (".venv/bin/python", "-m", "heating.embedded")
    machine.stack.callback(lambda: machine.run(*tool, "stop", **here))
    machine.manage("prepare", **here)
    dump = str(machine.folder / "embedded.dump")
    machine.run(*tool, "pg_dump", "--format=custom", f"--file={dump}", **here)
    machine.run(*tool, "createdb", "--template=template0", "heating_restored", **here)
    restore = ("pg_restore", "--exit-on-error", "--single-transaction", "--dbname=heating_restored", dump)
    machine.run(*tool, *restore, **here)
    url = machine.run(*tool, "url", **here).strip() + "_restored"
    checked = machine.manage("check_books", **(here | {"DATABASE_URL": url}))
    machine.step("embedded backup and restore", "不符" not in checked)


def missing() -> str:
    """Return what this machine lacks for the proof, as a sentence."""
    if os.geteuid() != 0:
        return "bin/prove deploy needs root: it makes a service account"
    wanted = [package for name, package in PACKAGES.items() if shutil.which(name) is None]
    wanted += [] if PG.is_dir() else ["postgresql-15"]
    return f"bin/prove deploy needs: apt-get install -y {' '.join(wanted)}" if wanted else ""


def measure() -> dict[str, Any]:
    """Follow the manual to its end; every step that holds is named."""
    if lacks := missing():
        print(lacks, file=sys.stderr)
        return {"ratio": 1, "goal": 0, "ok": False, "trouble": lacks}
    trouble = ""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the account and the folder go away
    with ExitStack() as stack:
        machine = Machine(stack)
        try:
            for part in (program, database, website, bouncer, care, embedded):
                part(machine)
        except (AssertionError, OSError, subprocess.SubprocessError) as failure:
            trouble = str(failure)[-3000:]
            for log in sorted(machine.folder.glob("*.out")):
                print(log.name, log.read_text(errors="replace")[-1500:], file=sys.stderr)
    return {"ratio": int(bool(trouble)), "goal": 0, "ok": not trouble, "steps": machine.passed, "trouble": trouble}
