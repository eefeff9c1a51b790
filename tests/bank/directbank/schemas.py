"""The standard's official schemas, where the shared folder has them."""

from __future__ import annotations

import tempfile
import zipfile
from functools import cache
from pathlib import Path

from lxml import etree

from tests.standards import need

VERSIONS = ("2.1.1", "2.2.2", "2.3.2")


@cache
def _schema(version: str, folder: Path) -> etree.XMLSchema:
    if folder.is_dir():
        return etree.XMLSchema(etree.parse(str(folder / "1C-Bank_Library.xsd")))
    with tempfile.TemporaryDirectory() as unpacked:
        with zipfile.ZipFile(folder) as archive:
            archive.extractall(unpacked)
        return etree.XMLSchema(etree.parse(str(Path(unpacked) / "1C-Bank_Library.xsd")))


def check(message: bytes, version: str = "2.3.2") -> None:
    """Assert that a message of ours is valid; skips the test without the schemas."""
    name = "xsd-2.3.2" if version == "2.3.2" else f"xsd-prev/Version-{version}.zip"
    schema = _schema(version, need(f"directbank/{name}"))
    schema.assertValid(etree.fromstring(message))
