"""The way to a carrier: its certificate."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest

from gateway.core.errors import Refused
from gateway.parcels.carriers.https import CarrierHttps
from gateway.parcels.model import CarrierKey
from gateway.signing.ca import DemoAuthority
from gateway.signing.tls import server_context
from tests.parcels.carriers.canned import LIMITS, PACE, Canned, serving


def test_a_carriers_certificate_must_be_of_its_authority() -> None:
    now = datetime.now(UTC)
    authority, stranger = DemoAuthority.create(now), DemoAuthority.create(now)
    with serving(server_context(authority.issue_server(now))) as server:
        server.lay(Canned(b"hello"))
        for anchors in ((stranger.certificate,), None):  # None: this machine's own list, which does not know it either
            with closing(CarrierHttps(CarrierKey.POST, server.url, anchors, LIMITS, PACE)) as wrong:
                with pytest.raises(Refused) as refused:
                    wrong.exchange("POST", "", {}, b"secret")
                assert refused.value.code == "carrier.server_untrusted"
        assert server.asked == []  # nothing was told to it
        with closing(CarrierHttps(CarrierKey.POST, server.url, (authority.certificate,), LIMITS, PACE)) as right:
            reply = right.exchange("POST", "", {}, b"secret")
        assert reply.content == b"hello" and reply.seen["tls"].startswith("TLS")
