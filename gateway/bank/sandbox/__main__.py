"""`python -m gateway.bank.sandbox --home DIR [--port N]`: run the sandbox bank's server until told to stop."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from gateway.bank.sandbox.server import SandboxServer
from gateway.core.errors import KvitError


def main(arguments: list[str] | None = None) -> int:
    """Serve; 0 after an orderly stop, 1 when it could not start."""
    parser = argparse.ArgumentParser(prog="python -m gateway.bank.sandbox", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="directory that holds sandbox/")
    parser.add_argument("--port", type=int, help="port to listen on instead of the one fixed at creation")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    try:
        server = SandboxServer(options.home, options.port)
    except KvitError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    logging.getLogger(__name__).info("the sandbox bank listens on %s", server.url)
    server.serve_until_told()
    return 0


if __name__ == "__main__":
    sys.exit(main())
