# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Where fetched and made things live, outside the tree, and how a half-made thing is never taken for a whole one.

    $XDG_CACHE_HOME/business_dept/
        apt/          apt's own lists for the suites that are asked for odoo-19
        downloads/    packages as fetched                                          kept by ``make clean``
        odoo/         Odoo unpacked                                                kept
        venv-<key>/   Python packages                                              kept
        oca-<key>/    OCA's addons, for comparison in ``make bench``               kept
        postgres/     the private cluster, unless its user cannot get here         kept, its databases dropped
        state/        configuration, filestores and logs                           removed
        logs/         output of the commands that were run                         removed
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from .console import Problem

NEEDED_GIGABYTES = 4


def root():
    """Return the cache folder, made if need be."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base).expanduser().absolute() / "business_dept"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"the cache folder {folder} cannot be made ({error.strerror}): set XDG_CACHE_HOME") from error
    return folder


def logs():
    return root() / "logs"


def state():
    folder = root() / "state"
    folder.mkdir(exist_ok=True)
    return folder


def key(*parts):
    """Return a short digest of ``parts``, for the name of what is made from them."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def digest_files(folders, skip=()):
    """Return a digest of all files below ``folders``, leaving out caches, hidden files and the folders in ``skip``."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            relative = path.relative_to(folder)
            if any(part in skip or part == "__pycache__" or part.startswith(".") for part in relative.parts):
                continue
            if not path.is_file():
                continue
            digest.update(f"{Path(folder).name}/{relative}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def require_space(gigabytes=NEEDED_GIGABYTES):
    """Complain before a long job rather than in its middle."""
    free = shutil.disk_usage(root()).free / 1e9
    if free < gigabytes:
        raise Problem(f"only {free:.1f} GB are free for {root()}, about {gigabytes} GB are needed: free some space, or "
                      "set XDG_CACHE_HOME to a folder on a larger disk")


@contextlib.contextmanager
def making(target):
    """Yield an empty folder that becomes ``target`` when the block succeeds, and vanishes when it does not.

    One process at a time makes a target: the caller holds a lock.
    """
    target = Path(target)
    for abandoned in target.parent.glob(f".{target.name}.*"):  # by a process that was killed
        if abandoned.is_dir():
            shutil.rmtree(abandoned, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    work.chmod(0o755)
    try:
        yield work
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write(path, text, mode=0o644):
    """Write a file in one go: whoever reads sees the old text or the new one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


@contextlib.contextmanager
def lock(name, waiting=None):
    """Let one process at a time into a block; ``waiting`` is called when another one is inside."""
    path = root() / f".{name}.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
