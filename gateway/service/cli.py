"""`kvit`: the command line. Here stands which commands there are; what they do stands in `commands/`.

Exit codes: 0 well, 1 refused or found something, 2 wrong usage; `kvit serve` has two more (see `systemd.py`).
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from gateway.service.commands import (
    backups,
    bank,
    imports,
    loans,
    matching,
    parcels,
    people,
    proof,
    registries,
    running,
    sandbox,
    setting_up,
)
from gateway.service.commands.frame import group, helped

app = group("kvit")


@app.callback(invoke_without_command=True)
def kvit(
    version: Annotated[bool, typer.Option("--version", help=helped("option.version"))] = False,
) -> None:
    if version:
        setting_up.version()
        raise typer.Exit


for part in (setting_up, running, bank, sandbox, imports, registries, matching, loans, parcels, proof, people, backups):
    part.register(app)


def main() -> None:
    """The entry point of the command `kvit`."""
    for stream in (sys.stdout, sys.stderr):
        # Whatever the console can show: a rouble sign must not end a command. Files and programs get UTF-8.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace") if stream.isatty() else stream.reconfigure(encoding="utf-8")
    app(prog_name="kvit")


if __name__ == "__main__":
    main()
