"""Before Qt is loaded: is everything there that it needs? Qt itself would end the process without a word to act on."""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGES = (
    "libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 "
    "libxcb-render-util0 libxcb-randr0 libxcb-shape0 libxcb-xkb1 libfontconfig1 libfreetype6 libdbus-1-3 libglib2.0-0 "
    "libgssapi-krb5-2 fonts-dejavu-core"
)
_INSTALL = f"apt-get install -y --no-install-recommends {PACKAGES}"


class CannotStart(Exception):
    """A sentence with what is missing and a second one with what to do."""


def check(environment: Mapping[str, str] | None = None) -> None:
    """Raise `CannotStart` when Qt could not start here.

    Raises:
        CannotStart: PySide6, a system library or the display is missing.
    """
    env = os.environ if environment is None else environment
    folder = _pyside_folder()
    platform = env.get("QT_QPA_PLATFORM", "")
    if sys.platform.startswith("linux"):
        _check_libraries(folder, platform)
        if not platform or platform.startswith(("xcb", "wayland")):
            _check_display(env)


def _pyside_folder() -> Path:
    spec = importlib.util.find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The tray needs PySide6, which is not installed.\nInstall it with: pip install 'kvit[gui]'")
    return Path(next(iter(spec.submodule_search_locations)))


def _check_libraries(folder: Path, platform: str) -> None:
    libraries = folder / "Qt" / "lib"
    wanted = [libraries / "libQt6Gui.so.6", libraries / "libQt6Widgets.so.6"]
    if not platform or platform.startswith("xcb"):
        wanted.append(folder / "Qt" / "plugins" / "platforms" / "libqxcb.so")
    for path in wanted:
        if not path.exists():
            continue
        try:
            ctypes.CDLL(str(path))
        except OSError as error:
            missing = re.match(r"([\w.+-]+\.so[\w.]*)", str(error))
            name = missing.group(1) if missing else str(error)
            raise CannotStart(
                f"Qt cannot be loaded: the system library {name} is missing.\nOn Debian or Ubuntu: {_INSTALL}"
            ) from error


def _check_display(env: Mapping[str, str]) -> None:
    if env.get("WAYLAND_DISPLAY"):
        return
    display = env.get("DISPLAY")
    if not display:
        raise CannotStart(
            "There is no graphical display (DISPLAY and WAYLAND_DISPLAY are empty).\n"
            "Start the tray inside a desktop session; on a server use `kvit status` or the web page instead."
        )
    name = ctypes.util.find_library("xcb")
    if name is None:
        return
    xcb = ctypes.CDLL(name)
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    broken = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if broken:
        raise CannotStart(
            f"The display {display} does not answer.\nCheck that the desktop session is running and that this user "
            "may use it (xhost, XAUTHORITY)."
        )
