"""When this process started, by the system's own account: the honest zero of a start-up time."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

_IMPORTED = time.monotonic()


def seconds_since_start() -> float:
    """Seconds since the process was made (Linux, Windows), else since this module was imported."""
    age: float | None = None
    if sys.platform == "win32":
        age = _windows()
    elif sys.platform == "linux":
        age = _linux()
    return time.monotonic() - _IMPORTED if age is None else age


if sys.platform == "linux":

    def _linux() -> float | None:
        try:
            fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            born = int(fields[19]) / os.sysconf("SC_CLK_TCK")
            return time.clock_gettime(time.CLOCK_BOOTTIME) - born
        except (OSError, ValueError, IndexError):
            return None


if sys.platform == "win32":

    def _windows() -> float | None:
        kernel = ctypes.windll.kernel32
        made, ended, in_kernel, in_user, now = (ctypes.c_uint64() for _ in range(5))
        times = (ctypes.byref(made), ctypes.byref(ended), ctypes.byref(in_kernel), ctypes.byref(in_user))
        if not kernel.GetProcessTimes(kernel.GetCurrentProcess(), *times):
            return None
        kernel.GetSystemTimeAsFileTime(ctypes.byref(now))
        return (now.value - made.value) / 10_000_000
