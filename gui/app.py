"""kvit-tray: the command. Nothing of Qt is loaded before it is known that Qt can be loaded."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from gui import __version__
from gui.preflight import CannotStart, check

PAGES = (
    "payments", "registries", "orders", "picks", "parcels", "calls", "loans", "call_centre", "settlement", "shops",
    "texts", "bank", "health",
)  # fmt: skip

_EXAMPLES = """\
examples:
  kvit-tray                                   the service of this computer
  kvit-tray --home /srv/kvit --page picks     another home, straight to the pick lists
  kvit-tray --screenshot shot.png --theme dark
exit codes: 0 all is well, 1 the service could not be reached, 2 wrong arguments or Qt cannot start here
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="kvit-tray",
        description="The tray program of Kvit: payments, orders, pick lists, calls, the bank, the service's health.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--home", type=Path, help="home directory of the service (default: KVIT_HOME, else the usual)")
    made.add_argument(
        "--language", choices=("ru", "en"), help="language (default: as chosen before, else the system's)"
    )
    made.add_argument("--theme", choices=("light", "dark", "auto"), help="colours (default: as chosen before)")
    made.add_argument("--page", choices=PAGES, default="", metavar="NAME", help="page to open: " + ", ".join(PAGES))
    made.add_argument("--hidden", action="store_true", help="start in the tray, without the window")
    made.add_argument("--settings", type=Path, metavar="FILE", help="file of this person's settings")
    made.add_argument("--screenshot", type=Path, metavar="PATH", help="save a picture of the window and end")
    made.add_argument("--size", metavar="WxH", default="", help="size of the window, for example 1280x800")
    made.add_argument(
        "--wait", type=float, default=20.0, metavar="S", help="seconds to wait for the service (with the next two)"
    )
    made.add_argument(
        "--quit-after-first-table",
        action="store_true",
        help="print the seconds from the start of the process to the first table, and end",
    )
    made.add_argument("--version", action="version", version=f"kvit-tray {version()}")
    return made


def version() -> str:
    try:
        return metadata.version("kvit")
    except metadata.PackageNotFoundError:
        return __version__


def size_of(text: str) -> tuple[int, int] | None:
    """ "1280x800" → (1280, 800).

    Raises:
        ValueError: it is not a size.
    """
    if not text:
        return None
    wide, _, high = text.lower().partition("x")
    size = int(wide), int(high)
    if not all(200 <= side <= 10_000 for side in size):
        raise ValueError(text)
    return size


def main(argv: Sequence[str] | None = None) -> int:
    """Run the tray until it is ended; the exit code."""
    made = parser()
    arguments = made.parse_args(argv)
    try:
        arguments.size = size_of(arguments.size)
    except ValueError:
        made.error(f"--size wants WIDTHxHEIGHT, for example 1280x800, not {arguments.size}")
    try:
        check()
    except CannotStart as why:
        sys.stderr.write(f"kvit-tray: {why}\n")
        return 2
    from gui.program import Program

    program = Program(arguments)
    if program.handed_over:
        return 0
    return program.run()


if __name__ == "__main__":
    sys.exit(main())
