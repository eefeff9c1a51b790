"""Bad and hostile files in the exchange folder: a named refusal, a report, the bytes kept, and the rest goes on."""

from __future__ import annotations

import codecs
import datetime as dt
import io
import re
import socket
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.clock import FixedClock
from gateway.core.errors import Refused
from gateway.onec.archive import Limits
from gateway.onec.exchange import ExchangeFolder, FileOutcome, Result
from gateway.onec.incoming import Incoming, open_file, read_file
from tests.onec.facts import bank_document, commerceml, offers, order, statement

AT = dt.datetime(2026, 11, 21, 9, 16, 43, tzinfo=dt.UTC)
LIMITS = Limits(file_bytes=300_000, unpacked_bytes=500_000, members=50)
GOOD_XML = commerceml(order())
GOOD = GOOD_XML.encode()
EMPTY_PACKAGE = commerceml(offers()).encode()
BANK = statement(bank_document())


def with_doctype(doctype: str, inside: str = "") -> str:
    head, body = GOOD_XML.split("\n", 1)
    return f"{head}\n{doctype}\n{body.replace('Рамка 30x40', inside or 'Рамка 30x40', 1)}"


BOMB = '<!DOCTYPE a [<!ENTITY a "ааааааааааа">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(9)
)
XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
XXE_NET = '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/evil.dtd"> %p;]>'
EXTERNAL = '<!DOCTYPE КоммерческаяИнформация SYSTEM "http://127.0.0.1:9/evil.dtd">'


def declaring(encoding: str) -> str:
    """A file with an entity of its own, under another declaration."""
    return with_doctype(XXE, "&x;").replace("UTF-8", encoding)


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def encrypted() -> bytes:
    """An archive whose member carries the encryption flag in both headers."""
    data = bytearray(zipped({"orders.xml": GOOD}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying_about_its_size() -> bytes:
    """A member of a million bytes that says it has ten."""
    data = bytearray(zipped({"orders.xml": b" " * 1_000_000}))
    data[22:26] = struct.pack("<I", 10)
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(data)


def damaged(archive: bytes) -> bytes:
    """The compressed bytes of the only member spoilt."""
    at = len(archive) // 3
    return archive[:at] + bytes(byte ^ 0xFF for byte in archive[at : at + 8]) + archive[at + 8 :]


def zip_in_zip(depth: int) -> bytes:
    data = zipped({"orders.xml": b" " * 100_000})
    for _ in range(depth):
        data = zipped({"inner.zip": data})
    return data


HOSTILE: dict[str, tuple[bytes, str]] = {
    # DTDs in every coat
    "dtd": (with_doctype("<!DOCTYPE a>").encode(), "onec.xml_dtd"),
    "billion laughs": (with_doctype(BOMB + "]>", "&j;").encode(), "onec.xml_dtd"),
    "bomb in an attribute": (with_doctype(BOMB + "]>").replace('"2.10"', '"&j;"').encode(), "onec.xml_dtd"),
    "xxe file": (with_doctype(XXE, "&x;").encode(), "onec.xml_dtd"),
    "xxe network": (with_doctype(XXE_NET, "&x;").encode(), "onec.xml_dtd"),
    "parameter entity": (with_doctype(PARAMETER).encode(), "onec.xml_dtd"),
    "external dtd": (with_doctype(EXTERNAL).encode(), "onec.xml_dtd"),
    "dtd after comments": (with_doctype("<!-- x --><?pi y?>\n<!-- z -->" + XXE, "&x;").encode(), "onec.xml_dtd"),
    "dtd in utf-16": (codecs.BOM_UTF16_LE + declaring("UTF-16").encode("utf-16-le"), "onec.xml_dtd"),
    "dtd in utf-16 without a mark": (declaring("UTF-16").encode("utf-16-be"), "onec.xml_dtd"),
    "dtd in cp1251": (declaring("windows-1251").encode("cp1251"), "onec.xml_dtd"),
    "dtd in cp866": (declaring("cp866").encode("cp866"), "onec.xml_dtd"),
    "dtd behind a mark": (codecs.BOM_UTF8 + declaring("UTF-8").encode(), "onec.xml_dtd"),
    "dtd in utf-7": (declaring("utf-7").replace("<!", "+ADwAIQ-").encode("ascii", "ignore"), "onec.encoding_unknown"),
    # not whole, not well-formed
    "empty": (b"", "onec.file_empty"),
    "only zeros": (b"\x00" * 4096, "onec.file_empty"),
    "only spaces": (b" \r\n\t", "onec.file_empty"),
    "half written": (GOOD[: len(GOOD) // 2], "onec.xml_truncated"),
    "cut inside a character": (GOOD[: GOOD.index("Рамка".encode()) + 1], "onec.xml_truncated"),
    "cut inside the end tag": (GOOD[:-5], "onec.xml_truncated"),
    "zeros after a power cut": (GOOD[:700] + b"\x00" * 3000, "onec.xml_truncated"),
    "tags that do not match": (GOOD_XML.replace("</Номер>", "</Нoмер>").encode(), "onec.xml_broken"),
    "two roots": (GOOD + GOOD.split(b"\n", 1)[1], "onec.xml_broken"),
    "an undefined entity": (GOOD_XML.replace("Рамка", "&рамка;").encode(), "onec.xml_broken"),
    "a control character": (GOOD_XML.replace("Рамка", "Рам\x0bка").encode(), "onec.xml_broken"),
    "too deep": (commerceml("<a>" * 400 + "</a>" * 400).encode(), "onec.xml_broken"),
    # not what it should be
    "another root": (b"<Message><Body/></Message>", "onec.xml_other_root"),
    "html": (b"<html><head><title>502</title></head></html>", "onec.xml_other_root"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "onec.kind_unknown"),
    "a spreadsheet": ("Номер;Сумма\r\n125;100,00\r\n".encode("cp1251"), "onec.kind_unknown"),
    "mojibake saved again": (GOOD_XML.encode().decode("cp866").encode(), "onec.xml_other_root"),
    "garbage in the middle": (GOOD[:400] + bytes(range(128, 256)) * 4 + GOOD[400:], "onec.encoding_unreadable"),
    "one spoilt byte": (GOOD.replace("Рамка".encode(), "Рамка".encode()[:-1], 1), "onec.encoding_unreadable"),
    # statements
    "statement without its end": (statement(bank_document(), end="").encode("cp1251"), "onec.bank_truncated"),
    "statement cut in a document": (BANK[:-60].encode("cp1251"), "onec.bank_truncated"),
    # archives
    "zip slip": (zipped({"../../evil.xml": GOOD}), "onec.zip_unsafe_name"),
    "zip slip of windows": (zipped({"..\\..\\evil.xml": GOOD}), "onec.zip_unsafe_name"),
    "absolute path": (zipped({"/etc/cron.d/evil.xml": GOOD}), "onec.zip_unsafe_name"),
    "drive letter": (zipped({"C:\\windows\\evil.xml": GOOD}), "onec.zip_unsafe_name"),
    "network path": (zipped({"\\\\server\\share\\evil.xml": GOOD}), "onec.zip_unsafe_name"),
    "zip bomb": (zipped({"a.xml": b" " * 10_000_000}), "onec.zip_too_large"),
    "zip bomb in pieces": (zipped({f"{n}.xml": b" " * 100_000 for n in range(20)}), "onec.zip_too_large"),
    "too many members": (zipped({f"{n}.jpg": b"" for n in range(60)} | {"a.xml": GOOD}), "onec.zip_too_many"),
    "lying about its size": (lying_about_its_size(), "onec.zip_broken"),
    "encrypted": (encrypted(), "onec.zip_encrypted"),
    "zip in zip": (zip_in_zip(5), "onec.zip_nothing"),
    "pictures only": (zipped({"a.jpg": b""}), "onec.zip_nothing"),
    "empty zip": (zipped({}), "onec.zip_nothing"),
    "cut zip": (zipped({"a.xml": GOOD})[:-30], "onec.zip_broken"),
    "damaged zip": (damaged(zipped({"a.xml": GOOD})), "onec.zip_broken"),
    # size
    "huge": (GOOD + b" " * 300_000, "onec.file_too_large"),
}  # fmt: skip


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file made us open a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def look_through(folder: ExchangeFolder, clock: FixedClock) -> dict[str, FileOutcome]:
    """Enough looks for the most patient file."""
    outcomes: dict[str, FileOutcome] = {}
    for _ in range(4):
        clock.advance(dt.timedelta(seconds=200))
        outcomes |= {outcome.name: outcome for outcome in folder.look()}
    return outcomes


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_file_is_rejected_by_name_and_the_rest_goes_on(what: str, tmp_path: Path) -> None:
    data, code = HOSTILE[what]
    taken: list[Incoming] = []
    clock = FixedClock(AT)
    folder = ExchangeFolder(tmp_path, clock, taken.append, limits=LIMITS)
    folder.prepare()
    (folder.incoming / "a-bad.xml").write_bytes(data)
    (folder.incoming / "good.xml").write_bytes(GOOD)
    (folder.incoming / "statement.txt").write_bytes(BANK.encode("cp1251"))

    outcomes = look_through(folder, clock)

    bad = outcomes["a-bad.xml"]
    assert (bad.result, bad.error and bad.error.code) == (Result.REJECTED, code)
    assert [t.name for t in taken] == ["good.xml", "statement.txt"]
    assert (folder.rejected / "a-bad.xml").read_bytes() == data, "the bytes are kept as they came"
    text = (folder.rejected / "a-bad.xml.report.txt").read_text("utf-8-sig")
    assert bad.error is not None
    for language in ("ru", "en"):
        assert bad.error.text(language) in text and "{" not in bad.error.text(language)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["done", "in", "out", "rejected"], (
        "nothing else appeared"
    )
    assert {path.name for path in tmp_path.rglob("*.xml")} == {"a-bad.xml", "good.xml"}


ODD: dict[str, bytes] = {
    "declared utf-8, written cp1251": GOOD_XML.encode("cp1251"),
    "declared cp1251, written utf-8": GOOD_XML.replace("UTF-8", "windows-1251").encode(),
    "cp866": GOOD_XML.replace("UTF-8", "cp866").encode("cp866"),
    "cp866 declared windows": GOOD_XML.replace("UTF-8", "windows-1251").encode("cp866"),
    "utf-16": codecs.BOM_UTF16_BE + GOOD_XML.replace("UTF-8", "UTF-16").encode("utf-16-be"),
    "mark": codecs.BOM_UTF8 + GOOD,
    "double escaped": GOOD_XML.replace("Рамка 30x40", "Рамка &amp;quot;30x40&amp;quot;").encode(),
    "no declaration": GOOD_XML.split("\n", 1)[1].encode(),
    "blank lines first": b"\r\n\r\n" + GOOD_XML.split("\n", 1)[1].encode(),
    "comment last": GOOD + "<!-- выгружено -->".encode(),
}


@pytest.mark.parametrize("what", ODD)
def test_odd_but_honest_files_are_read(what: str) -> None:
    found = read_file(ODD[what], "orders.xml")
    name = found.content.documents[0].lines[0].name  # type: ignore[union-attr]  # it is CommerceML
    assert name == ('Рамка "30x40"' if what == "double escaped" else "Рамка 30x40")


@pytest.mark.parametrize("real", ["cp1251", "cp866", "utf-8"])
def test_statements_in_any_encoding_are_read(real: str) -> None:
    found = read_file(BANK.encode(real), "kl_to_1c.txt")
    assert found.content.documents[0].purpose.startswith("Оплата по счету")  # type: ignore[union-attr]  # a statement


def test_a_bomb_is_stopped_early() -> None:
    """Reading stops at the limit; the ten megabytes of the archive are never in memory."""
    with pytest.raises(Refused) as caught:
        list(open_file(zipped({"a.xml": b" " * 10_000_000}), "a.zip", LIMITS))
    assert caught.value.values == {"limit": 500_000}


def test_pictures_of_any_size_are_passed_over_unread() -> None:
    data = zipped({"import_files/1.jpg": b" " * 10_000_000, "orders.xml": GOOD})
    assert [name for name, _ in open_file(data, "a.zip", LIMITS)] == ["a.zip/orders.xml"]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_damaged_file_is_never_half_taken(data: st.DataObject) -> None:
    """Any byte of a good file changed: it is read or refused by name, and what is read has whole documents."""
    source = data.draw(
        st.sampled_from([GOOD, commerceml(offers()).encode(), BANK.encode("cp1251"), zipped({"a.xml": GOOD})])
    )
    at = data.draw(st.integers(0, len(source) - 1))
    changed = source[:at] + bytes([data.draw(st.integers(0, 255))]) + source[at + 1 :]
    try:
        for name, content in open_file(changed, "file", LIMITS):
            read_file(content, name, limits=LIMITS)
    except Refused as error:
        assert error.code.startswith("onec.") and not re.search(r"\{[a-z_]+\}", error.text("ru"))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=2000))
def test_any_bytes_are_refused_by_name(noise: bytes) -> None:
    for data in (noise, b"<" + noise, b"PK\x03\x04" + noise, b"1CClientBankExchange\r\n" + noise):
        with pytest.raises(Refused) as caught:
            for name, content in open_file(data, "file", LIMITS):
                read_file(content, name, limits=LIMITS)
        assert caught.value.code.startswith("onec.")
