"""The two SMS gateways, each with the sandbox centre behind it: one contract, two wires."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway.notify.gateways.http_sms import HttpSmsGateway
from gateway.notify.gateways.ports import Gateway
from gateway.notify.gateways.smpp import SmppGateway, Timing
from gateway.notify.gateways.smpp_session import Account
from gateway.notify.sandbox.centre import REFUSED_ERROR, Centre
from gateway.notify.sandbox.http_sms import HttpSms
from gateway.notify.sandbox.smsc import HOST, Smsc
from tests.notify.messages import eventually

LOGIN = ("kvit", "secret")
QUICK = Timing(answer=0.4, connect=3.0, keep_alive=0.2, again=0.05)
REFUSALS = frozenset({REFUSED_ERROR})


@contextmanager
def smpp(centre: Centre, **more: Any) -> Iterator[tuple[SmppGateway, Smsc]]:
    """A bound gateway and its centre."""
    with Smsc(centre, LOGIN) as server:
        given = {"per_second": 1000, "refusals": REFUSALS, "timing": QUICK, **more}
        gateway = SmppGateway(Account(HOST, server.port, *LOGIN), "ROGA", **given)
        try:
            eventually(lambda: not gateway.trouble())
            yield gateway, server
        finally:
            gateway.close()


@contextmanager
def sms_gateway(way: str, folder: Path, centre: Centre) -> Iterator[Gateway]:
    """Either of them."""
    if way == "smpp":
        with smpp(centre) as (gateway, _):
            yield gateway
        return
    with HttpSms(folder, centre, LOGIN) as server:
        http = HttpSmsGateway(server.url, *LOGIN, "ROGA", refusals=REFUSALS, read_seconds=0.4)
        try:
            yield http
        finally:
            http.close()
