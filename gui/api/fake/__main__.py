"""Serve the make-believe service until Ctrl+C, so that the tray can be looked at."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from gui.api.fake.server import FakeDaemon
from gui.api.fake.world import ROLES, World


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m gui.api.fake", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="directory to write run/connection.json into")
    parser.add_argument("--payments", type=int, default=400, help="settled payments of the past (default 400)")
    parser.add_argument("--outgoing", type=int, default=0, help="executed payment orders of the past (default 0)")
    parser.add_argument("--loans", type=int, help="closed loans of the past; without it the company has no loans")
    parser.add_argument("--parcels", type=int, help="ended parcels of the past; without it the company watches none")
    parser.add_argument("--role", choices=sorted(ROLES), default="owner", help="whose rights the token has")
    arguments = parser.parse_args()
    world = World(
        payments=arguments.payments,
        outgoing=arguments.outgoing,
        loans=arguments.loans,
        parcels=arguments.parcels,
        role=arguments.role,
    )
    daemon = FakeDaemon(world).start()
    daemon.announce(arguments.home)
    sys.stdout.write(f"{daemon.url} kvit-tray --home {arguments.home}\n")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        daemon.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
