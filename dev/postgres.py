# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""PostgreSQL: the server that the settings or the local socket reach, otherwise a private one in the cache.

Settings are PostgreSQL's own variables (PGHOST, PGPORT, PGUSER, PGPASSWORD) or DATABASE_URL. The private server
listens on a socket only, in a folder that nobody else can enter, and runs as an ordinary user; clusters that exist on
the machine are never touched. It stops with the last command that uses it.
"""

import contextlib
import fcntl
import os
import pwd
import re
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

from . import apt, cache, console
from .console import Problem

MINIMUM = 13
ROLE = "odoo"
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "jit": "off",  # Odoo's many short queries pay for it and get nothing
    "synchronous_commit": "off",  # a power cut may cost the last second, never consistency
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
}


def read_settings():
    """Turn DATABASE_URL into PostgreSQL's own variables, which Odoo and psycopg2 both read."""
    url = os.environ.pop("DATABASE_URL", "")
    if not url:
        return
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Problem("DATABASE_URL is not a PostgreSQL address: it looks like postgresql://user:password@host:port/")
    query = dict(urllib.parse.parse_qsl(parts.query))
    values = {
        "PGHOST": parts.hostname or query.get("host"),
        "PGPORT": parts.port or query.get("port"),
        "PGUSER": parts.username or query.get("user"),
        "PGPASSWORD": parts.password or query.get("password"),
        "PGSSLMODE": query.get("sslmode"),
    }
    os.environ.update({name: urllib.parse.unquote(str(value)) for name, value in values.items() if value})


@contextlib.contextmanager
def running():
    """Have a server for the duration of a block; PG* in the environment lead to it. Needs the virtual environment."""
    os.environ.pop("PGDATABASE", None)  # Odoo would take it for the database to serve
    named = [name for name in ("PGHOST", "PGPORT", "PGSERVICE") if os.environ.get(name)]
    fault = _fault()
    if not fault:
        yield
        return
    if named:
        raise Problem(f"the PostgreSQL of {' and '.join(named)} cannot be used: {fault}. Correct the settings, or "
                      "leave them out to have a private server")
    with _private():
        yield


def _fault():
    """Return why the server that the environment leads to cannot be used, or an empty string when it can."""
    import psycopg2

    try:
        connection = psycopg2.connect(dbname="postgres", connect_timeout=5)
    except psycopg2.OperationalError as error:
        return str(error).strip().split("\n")[0]
    with contextlib.closing(connection), connection.cursor() as cursor:
        if connection.server_version < MINIMUM * 10000:
            return f"it is version {connection.server_version // 10000}, Odoo needs {MINIMUM} or later"
        cursor.execute("SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        role, may_create = cursor.fetchone()
        if role == "postgres":
            return "Odoo refuses to work as its user 'postgres'; make another one that may create databases"
        if not may_create:
            return f"its user {role} may not create databases (ALTER ROLE {role} CREATEDB)"
    return ""


class Cluster:
    """The private cluster: where it is, whose it is, and its programs."""

    def __init__(self):
        self.programs = self._find_programs()
        self.user = self._find_user()
        base = cache.root() / "postgres"
        if self.user and not _may_reach(cache.root(), self.user):
            # Root's own cache is closed to the ordinary user that the server runs as.
            base = Path("/var/cache/business_dept") / cache.key(cache.root())
        self.base = base
        version = self._version()
        self.data = base / f"data-{version}"
        self.log = base / "server.log"
        self.socket = base / "socket"
        if len(str(self.socket)) > 90:  # a socket's path may have 107 bytes
            self.socket = Path("/tmp") / f"business_dept-{cache.key(base)}"
        self.owned = base / "started-by-command"

    def _find_programs(self):
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True,
                         key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
        for folder in folders:
            if (folder / "initdb").exists() and int(folder.parent.name) >= MINIMUM:
                return folder
        if program := shutil.which("initdb"):
            return Path(program).resolve().parent
        with _no_main_cluster():
            apt.install("postgresql", why="the database")
        return self._find_programs()

    def _version(self):
        text = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True,
                              check=True).stdout
        major = re.search(r"(\d+)", text)[1]
        if int(major) < MINIMUM:
            raise Problem(f"the PostgreSQL in {self.programs} is version {major}, Odoo needs {MINIMUM} or later: "
                          "install a later one, or name a server with PGHOST")
        return major

    def _find_user(self):
        """Return the user that the server runs as when we are root: PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "business_dept"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "business_dept"],
                       check=True)
        return pwd.getpwnam("business_dept")

    def command(self, program, *arguments):
        options = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return subprocess.run([self.programs / program, *map(str, arguments)], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, cwd="/", env={**environment, "LC_ALL": "C.UTF-8"},
                              **options)

    def make(self):
        """Make the cluster unless it is there whole."""
        if (self.data / "PG_VERSION").exists():
            return
        with console.step("Making a private PostgreSQL server"):
            cache.require_space()
            for folder in (self.base, self.socket):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                folder.chmod(0o700)
                if self.user:
                    os.chown(folder, self.user.pw_uid, self.user.pw_gid)
            work = self.data.with_name(f".{self.data.name}.new")
            shutil.rmtree(work, ignore_errors=True)
            made = self.command("initdb", "-D", work, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                                "--locale", "C.UTF-8", "--no-instructions")
            if made.returncode:
                reason = console.explain(made.stderr) or made.stderr.strip().split("\n")[-1]
                raise Problem(f"making a PostgreSQL server failed: {reason}")
            settings = {**SETTINGS, "unix_socket_directories": f"'{self.socket}'"}
            with (work / "postgresql.conf").open("a") as file:
                file.write("".join(f"{name} = {value}\n" for name, value in settings.items()))
            work.rename(self.data)

    def alive(self):
        return self.command("pg_ctl", "status", "-D", self.data).returncode == 0

    def start(self):
        self.socket.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            os.chown(self.socket, self.user.pw_uid, self.user.pw_gid)
        started = self.command("pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", self.log, "-s")
        if started.returncode:
            text = self.log.read_text(errors="replace")[-4000:] if self.log.exists() else started.stderr
            raise Problem("the private PostgreSQL server did not start: "
                          f"{console.explain(text) or 'see ' + str(self.log)}")

    def stop(self):
        self.command("pg_ctl", "stop", "-m", "fast", "-D", self.data, "-s")

    def point(self):
        """Let the environment lead to this server."""
        os.environ.update(PGHOST=str(self.socket), PGPORT="5432", PGUSER=ROLE)
        for name in ("PGPASSWORD", "PGSSLMODE"):
            os.environ.pop(name, None)

    def make_role(self):
        import psycopg2

        with contextlib.closing(psycopg2.connect(
                dbname="postgres", host=str(self.socket), port=5432, user="postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")


@contextlib.contextmanager
def _private():
    """Run the private server for a block. Commands that run at the same time share it; the last one stops it."""
    cluster = Cluster()
    with (cache.root() / ".postgres-users.lock").open("w") as users:
        with cache.lock("postgres"):
            fcntl.flock(users, fcntl.LOCK_SH)
            cluster.make()
            if not cluster.alive():
                cluster.start()
                cluster.owned.touch()
            cluster.make_role()
            cluster.point()
        try:
            yield
        finally:
            with cache.lock("postgres"):
                fcntl.flock(users, fcntl.LOCK_UN)
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if cluster.owned.exists():
                        cluster.stop()
                        cluster.owned.unlink()


def keep():
    """Leave the private server running after this command; say how to reach it."""
    cluster = Cluster()
    cluster.owned.unlink(missing_ok=True)


def _may_reach(folder, user):
    """Tell whether a user can get to ``folder``."""
    for path in (folder, *folder.parents):
        status = path.stat()
        if status.st_uid == user.pw_uid:
            allowed = status.st_mode & 0o100
        elif status.st_gid == user.pw_gid:
            allowed = status.st_mode & 0o010
        else:
            allowed = status.st_mode & 0o001
        if not allowed:
            return False
    return True


@contextlib.contextmanager
def _no_main_cluster():
    """Keep Debian's package from making and starting a cluster of its own when it is installed."""
    text = "create_main_cluster = false\n"
    path = "/etc/postgresql-common/createcluster.d/business_dept.conf"
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    subprocess.run([*prefix, "mkdir", "-p", os.path.dirname(path)], check=True)
    subprocess.run([*prefix, "tee", path], input=text, text=True, check=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run([*prefix, "rm", "-f", path], check=False)


if sys.platform != "linux":
    raise Problem("these commands run on Linux: use a Debian or Ubuntu machine, container or virtual machine")
