"""Static files under hashed names, compressed; done again only when a file changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

# Fonts for paper and the checker of the browser tests are read from the folder itself.
NOT_SERVED = ("--ignore=*.ttf", "--ignore=axe.js")


def collect_static_files() -> bool:
    """Fill STATIC_ROOT for the web server; say whether there was anything to do. The tests serve the originals."""
    stamp, wanted = settings.STATIC_ROOT / "collected.stamp", digest()
    if settings.MODE == "test" or (stamp.exists() and stamp.read_text() == wanted):
        return False
    # The storage is chosen by the settings, so a process of its own collects.
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0", *NOT_SERVED]
    subprocess.run(command, cwd=settings.BASE_DIR, env=os.environ | {"HEATING_COLLECT": "1"}, check=True)
    stamp.write_text(wanted)
    return True


def digest() -> str:
    """Return a mark that changes with any static file, ours or of a package."""
    mark = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            mark.update(f"{path} {storage.size(path)} {storage.get_modified_time(path).timestamp()}\n".encode())
    return mark.hexdigest()
