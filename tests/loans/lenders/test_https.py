"""The way to a lender: his certificate, his patience."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.bank.transport import Limits
from gateway.core.clock import SystemClock
from gateway.core.errors import Refused, Unavailable
from gateway.loans.lenders.https import LenderHttps
from gateway.loans.sandbox.control import REST, LenderSandbox
from gateway.loans.sandbox.server import LenderServer
from gateway.signing.ca import DemoAuthority
from gateway.signing.tls import server_context
from tests.loans.lenders.house import LIMITS, REQUEST, adapter


@pytest.fixture(scope="module")
def authority() -> DemoAuthority:
    return DemoAuthority.create(datetime.now(UTC))


def test_a_lenders_certificate_must_be_of_his_authority(tmp_path: Path, authority: DemoAuthority) -> None:
    sandbox = LenderSandbox.create(tmp_path, SystemClock())
    stranger = DemoAuthority.create(datetime.now(UTC))
    context = server_context(authority.issue_server(datetime.now(UTC)))
    with LenderServer(tmp_path, context=context) as server:
        account = sandbox.account(REST)
        headers = {"Authorization": f"Bearer {account.token}"}
        for anchors in ((stranger.certificate,), None):  # None: this machine's own list, which does not know it either
            with closing(LenderHttps(REST, server.url(REST), anchors, LIMITS)) as wrong:
                with pytest.raises(Refused) as refused:
                    wrong.exchange("GET", "/applications/x", headers)
                assert refused.value.code == "lender.server_untrusted" and account.token not in str(refused.value)
        with closing(LenderHttps(REST, server.url(REST), (authority.certificate,), LIMITS)) as right:
            reply = right.exchange("GET", "/applications/x", headers)
            assert reply.seen["status"] == "404" and reply.seen["tls"].startswith("TLS")


def test_nobody_there() -> None:
    with closing(LenderHttps(REST, "http://127.0.0.1:9/", (), LIMITS)) as away, pytest.raises(Unavailable) as error:
        away.exchange("GET", "", {})
    assert error.value.code == "lender.away"


def test_an_answer_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    sandbox = LenderSandbox.create(tmp_path)
    with LenderServer(tmp_path) as server:
        limits = Limits(message=20, connect=2, read=2, total=5)
        with closing(adapter(REST, sandbox, server.url(REST), limits)) as small, pytest.raises(Refused) as refused:
            small.submit(REQUEST)
    assert refused.value.code == "lender.answer_too_large"


@pytest.mark.parametrize("url", ["http://lender.example/v1", "ftp://127.0.0.1/", "http://127.0.0.1.example/"])
def test_plain_http_reaches_this_machine_only(url: str) -> None:
    with pytest.raises(Refused) as refused:
        LenderHttps(REST, url, ())
    assert refused.value.code == "lender.insecure_address"
