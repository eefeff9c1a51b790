"""What calls to services outside the bank have in common."""

from __future__ import annotations

import pytest

from gateway.bank.outside import Pace, insecure_host, patience, public_authorities


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://carrier.example/v2", None),
        ("http://127.0.0.1:8080/", None),
        ("http://localhost/", None),
        ("http://carrier.example/v2", "carrier.example"),
        ("http://127.0.0.1.example/", "127.0.0.1.example"),
        ("ftp://127.0.0.1/", "127.0.0.1"),
        ("carrier.example", "?"),
    ],
)
def test_plain_http_reaches_this_machine_only(url: str, host: str | None) -> None:
    assert insecure_host(url) == host


@pytest.mark.parametrize(("text", "seconds"), [("7", 7), ("0", 1), ("99999", 3600), ("", 60), ("Wed, 21 Oct", 60)])
def test_the_servers_wish_is_kept_within_reason(text: str, seconds: float) -> None:
    assert patience(text) == seconds


def test_the_machines_own_authorities_are_known() -> None:
    assert len(public_authorities()) > 20


def test_calls_are_spaced_evenly() -> None:
    now, slept = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(20, lambda: now[0], sleep)
    for _ in range(41):
        pace.wait()
    assert now[0] == pytest.approx(2.0) and max(slept) == pytest.approx(0.05)


def test_who_comes_late_does_not_wait() -> None:
    now, slept = [0.0], list[float]()
    pace = Pace(20, lambda: now[0], slept.append)
    pace.wait()
    now[0] = 5.0
    pace.wait()
    assert slept == []
