"""How long our certificates last, for programs that watch."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.api.conftest import Desk


def test_the_gauge_counts_down_for_each_channel(desk: Desk, as_role: Callable[[str], httpx.Client]) -> None:
    desk.channels = [
        {"channel": "bxd:one", "title": "Первый", "certificate_expires": "2027-02-12", "days_left": 60},
        {"channel": "bxd:two", "title": "Второй", "certificate_expires": "2026-11-20", "days_left": -1},
        {"channel": "directbank:three", "title": "Третий", "certificate_expires": None, "days_left": None},
    ]
    lines = [line for line in as_role("").get("/metrics").text.splitlines() if "certificate_days" in line]
    assert lines[2:] == [
        'kvit_certificate_days_left{channel="bxd:one"} 60.0',
        'kvit_certificate_days_left{channel="bxd:two"} -1.0',
    ]


def test_the_status_says_how_many_days_and_whether_the_service_renews(desk: Desk, accountant: httpx.Client) -> None:
    desk.channels = [
        {"channel": "bxd:one", "title": "Первый", "days_left": 59, "renewal_due": True},
        {"channel": "bxd:two", "title": "Второй"},
    ]
    told = [(link["days_left"], link["renewal_due"]) for link in accountant.get("/v1/status").json()["bank"]]
    assert told == [(59, True), (None, False)]
