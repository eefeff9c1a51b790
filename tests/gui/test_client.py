"""Calls, errors, and the connection file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from gui.api import errors
from gui.api.client import Client
from gui.api.connection import Connection, NoConnection, default_home, discover
from gui.api.fake import FakeDaemon, World
from gui.api.fake.world import Problem
from gui.api.types import Me, PaymentRow, Status


@pytest.fixture
def client(daemon: FakeDaemon) -> Iterator[Client]:
    made = Client()
    made.use(Connection(daemon.url, daemon.token))
    yield made
    made.cancel_all()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def ask(qtbot: QtBot, client: Client, path: str, kind: type = Status) -> tuple[list[object], list[errors.ApiError]]:
    good: list[object] = []
    bad: list[errors.ApiError] = []
    client.get(path, kind, good.append, bad.append)
    qtbot.waitUntil(lambda: bool(good or bad), timeout=20000)
    return good, bad


def test_an_answer_comes_back_as_its_class(qtbot: QtBot, client: Client):
    good, _ = ask(qtbot, client, "/v1/me", Me)
    assert isinstance(good[0], Me)
    assert good[0].may("payments.decide")


def test_a_page_carries_total_counts_and_the_servers_clock(qtbot: QtBot, client: Client):
    pages: list[object] = []
    client.page("/v1/payments", PaymentRow, pages.append, query={"state": "needs_person", "limit": "2"})
    qtbot.waitUntil(lambda: bool(pages), timeout=20000)
    page = pages[0]
    assert len(page.items) == 2
    assert page.total == page.counts["needs_person"] == 6
    assert page.server_time is not None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.NotAllowed),
        (403, errors.NotAllowed),
        (404, errors.Missing),
        (409, errors.Conflicting),
        (412, errors.Conflicting),
        (422, errors.Rejected),
        (503, errors.Busy),
        (500, errors.ApiError),
    ],
)
def test_each_status_has_its_error(qtbot: QtBot, client: Client, daemon: FakeDaemon, status: int, kind: type):
    daemon.refuse["/v1/status"] = Problem(status, "some.code", "Нельзя.", "No.", "Так-то.", "Like so.")
    _, bad = ask(qtbot, client, "/v1/status")
    assert type(bad[0]) is kind
    assert bad[0].code == "some.code"
    assert bad[0].said.ru == "Нельзя."
    assert bad[0].hint.en == "Like so."


def test_nobody_there_is_away_and_told_to_everybody(qtbot: QtBot, client: Client, daemon: FakeDaemon):
    client.use(Connection("http://127.0.0.1:9", daemon.token))
    with qtbot.waitSignal(client.lost, timeout=20000):
        _, bad = ask(qtbot, client, "/v1/status")
    assert isinstance(bad[0], errors.Away)


def test_a_reply_for_a_widget_that_is_gone_is_dropped(qtbot: QtBot, client: Client):
    import shiboken6

    owner, heard = QObject(), []
    client.get("/v1/me", Me, heard.append, owner=owner)
    shiboken6.delete(owner)
    ask(qtbot, client, "/v1/status")
    assert heard == []


def test_a_cancelled_call_says_nothing(qtbot: QtBot, client: Client):
    heard: list[object] = []
    call = client.get("/v1/me", Me, heard.append, heard.append)
    call.cancel()
    ask(qtbot, client, "/v1/status")
    assert heard == []


def test_an_answer_of_another_contract_is_a_bad_reply(qtbot: QtBot, client: Client):
    _, bad = ask(qtbot, client, "/v1/me", PaymentRow)
    assert isinstance(bad[0], errors.BadReply)
    assert "PaymentRow" in bad[0].detail


# --- where the service is --------------------------------------------------------------------------------------------


def write_connection(home: Path, **values: object) -> None:
    run = home / "run"
    run.mkdir(parents=True)
    (run / "tray.token").write_text("secret\n", encoding="utf-8")
    content = {"url": "http://127.0.0.1:8123/", "token_file": str(run / "tray.token"), **values}
    (run / "connection.json").write_text(json.dumps(content), encoding="utf-8")


def test_the_connection_file_gives_address_and_token(home: Path):
    write_connection(home)
    found = discover(home)
    assert found == Connection("http://127.0.0.1:8123", "secret")
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"url": "http://10.1.2.3:8123"}, "foreign"),
        ({"url": "ftp://127.0.0.1"}, "broken"),
        ({"token_file": "nowhere"}, "absent"),
    ],
)
def test_an_unusable_connection_says_why(home: Path, values: dict[str, str], reason: str):
    write_connection(home, **values)
    with pytest.raises(NoConnection) as caught:
        discover(home)
    assert caught.value.reason == reason


def test_no_service_at_all(home: Path):
    with pytest.raises(NoConnection) as caught:
        discover(home)
    assert caught.value.reason == "absent"
    assert caught.value.path.name == "connection.json"


def test_a_broken_file_is_not_a_crash(home: Path):
    write_connection(home)
    (home / "run" / "connection.json").write_bytes(b"\xff{")
    with pytest.raises(NoConnection) as caught:
        discover(home)
    assert caught.value.reason == "broken"


def test_kvit_home_decides_where_to_look(tmp_path: Path):
    assert default_home({"KVIT_HOME": str(tmp_path)}) == tmp_path
    assert default_home({"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}) == tmp_path / "kvit"


# --- a service with a certificate of its own -------------------------------------------------------------------------


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


@pytest.mark.parametrize(("pinned", "reached"), [("office", True), ("other", False), ("", False)])
def test_only_the_certificate_that_is_named_is_trusted(
    qtbot: QtBot, home: Path, tmp_path: Path, pinned: str, reached: bool
):
    files = {name: self_signed(tmp_path, name) for name in ("office", "other")}
    server = FakeDaemon(World(payments=0), certificate=files["office"]).start()
    server.announce(home)
    file = home / "run" / "connection.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content.pop("certificate")
    if pinned:
        content["certificate"] = str(files[pinned][0])
    file.write_text(json.dumps(content), encoding="utf-8")
    client = Client()
    try:
        client.use(discover(home))
        good, bad = ask(qtbot, client, "/v1/me", Me)
        assert bool(good) is reached
        assert bool(bad) is not reached
        assert reached or isinstance(bad[0], errors.Away)
    finally:
        client.cancel_all()
        client.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        server.stop()
