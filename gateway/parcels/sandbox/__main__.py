"""`python -m gateway.parcels.sandbox --home DIR [--port N]`: run the sandbox carriers until told to stop."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from gateway.core.errors import KvitError
from gateway.parcels.sandbox.server import CarrierServer


def main(arguments: list[str] | None = None) -> int:
    """Serve; 0 after an orderly stop, 1 when it could not start."""
    parser = argparse.ArgumentParser(prog="python -m gateway.parcels.sandbox", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="directory that holds sandbox/")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; a free one when not given")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        server = CarrierServer(options.home, options.port)
    except KvitError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for service, url in server.urls.items():
        logging.getLogger(__name__).info("%s listens on %s", service, url)
    server.serve_until_told()
    return 0


if __name__ == "__main__":
    sys.exit(main())
