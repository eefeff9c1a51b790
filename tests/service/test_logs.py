"""Logs: the style fits the reader, and a secret never gets through."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.core.errors import Corrupt
from gateway.service import logs

SECRET = "hunter2-Zx81"


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    structlog.reset_defaults()
    for handler in root.handlers[:]:
        if getattr(handler, "kvit", False):
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_has_the_event_its_values_and_the_time() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    structlog.get_logger("bank.poll").info("poll done", files=2, account="40702…", title="Поступления")
    (line,) = lines(stream)
    assert line["event"] == "poll done"
    assert (line["files"], line["title"], line["level"], line["logger"]) == (2, "Поступления", "info", "bank.poll")
    assert line["timestamp"].endswith("Z")
    assert "Поступления" in stream.getvalue()  # readable, not \\u041f


def test_a_librarys_words_take_the_same_way() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    logging.getLogger("uvicorn.error").warning("port %d taken, token=%s", 8443, SECRET)
    (line,) = lines(stream)
    assert line["event"] == f"port 8443 taken, token={logs.HIDDEN}"
    assert line["logger"] == "uvicorn.error"


@pytest.mark.parametrize("style", ["json", "journal", "console"])
def test_secrets_never_get_through(style: logs.Style) -> None:
    stream = io.StringIO()
    logs.configure(style, stream=stream)
    log = structlog.get_logger("signing")
    log.info("opened", passphrase=SECRET, key_password=SECRET, apiKey=SECRET, master_key=SECRET, PIN=SECRET)
    log.info("deep", request={"headers": {"Authorization": f"Bearer {SECRET}", "list": [{"token": SECRET}]}})
    log.info("in text", body=f"Authorization: Bearer {SECRET}", url=f"postgresql://kvit:{SECRET}@db/kvit")
    log.info(f"password={SECRET}")
    log.info("pem", text=f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----")
    try:
        local = SECRET
        raise ValueError(f"cannot open with password={local}")
    except ValueError:
        log.exception("failed")
    logging.getLogger("uvicorn").error("secret: %s", SECRET)
    assert SECRET not in stream.getvalue()
    assert logs.HIDDEN in stream.getvalue()
    assert "cannot open" in stream.getvalue()


def test_what_only_looks_like_a_secret_stays() -> None:
    event = {"key": "payment:01J", "outbox_key": "a", "keys": 3, "pinned": True, "tokenised": 1, "monkey": "x"}
    assert logs.redact(None, "info", dict(event)) == event


def test_journal_puts_the_priority_in_front_and_one_line_each() -> None:
    stream = io.StringIO()
    logs.configure("journal", stream=stream)
    log = structlog.get_logger("x")
    log.info("one")
    log.warning("two")
    try:
        raise ValueError("multi\nline")
    except ValueError:
        log.exception("three")
    found = stream.getvalue().splitlines()
    assert [line[:3] for line in found] == ["<6>", "<4>", "<3>"]
    assert "timestamp" not in json.loads(found[0][3:])
    assert json.loads(found[2][3:])["exception"]


def test_an_error_of_our_tree_is_shown_by_its_code() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    structlog.get_logger("x").error("refused", error=Corrupt("bank.dtd", size=5))
    assert lines(stream)[0]["error"] == {"code": "bank.dtd", "size": 5}


def test_the_level_counts_and_chatty_libraries_are_quiet() -> None:
    stream = io.StringIO()
    logs.configure("json", "DEBUG", stream=stream)
    structlog.get_logger("x").debug("seen")
    logging.getLogger("zeep.transports").info("whole envelope")
    logs.configure("json", "WARNING", stream=stream)
    structlog.get_logger("x").info("not seen")
    assert [line["event"] for line in lines(stream)] == ["seen"]


def test_a_file_is_written_beside_the_stream_and_replaced_by_the_next_setting(tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.configure("console", stream=stream, file=tmp_path / "logs" / "kvit.log")
    structlog.get_logger("x").info("hello", passphrase=SECRET)
    written = json.loads((tmp_path / "logs" / "kvit.log").read_text(encoding="utf-8"))
    assert written["event"] == "hello"
    assert written["passphrase"] == logs.HIDDEN
    assert "hello" in stream.getvalue()
    logs.configure("json", stream=stream)
    assert sum(getattr(handler, "kvit", False) for handler in logging.getLogger().handlers) == 1


def test_the_natural_style() -> None:
    assert logs.natural_style(io.StringIO(), {"JOURNAL_STREAM": "8:1"}) == "journal"
    assert logs.natural_style(io.StringIO(), {}) == "json"
