"""Status, health, evidence, watchdog, metrics."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from gateway.api.reads.status import percentile
from gateway.api.room import Finding
from gateway.core.clock import FixedClock
from gateway.store import Store
from gateway.store.schema import blobs, dumps
from tests.api.conftest import Desk
from tests.api.shop import NOW, Shop, at


def state(client: httpx.Client) -> str:
    return str(client.get("/v1/status").json()["state"])


def test_an_idle_house_is_ok(shop: Shop, accountant: httpx.Client) -> None:
    shop.poll(-3)
    found = accountant.get("/v1/status").json()
    assert found["state"] == "ok"
    assert found["needs"] == {"payments": 0, "picks": 0, "calls": 0, "tasks": 0, "alarms": 0, "to_sign": 0}
    assert found["company"] == "ООО «Багет»"
    assert found["version"] == "0.1.0"
    assert found["alarms"] == []
    assert found["sla"] == {"released_today": 0, "p50_s": None, "p95_s": None, "within_15_min": None}


def test_the_bank_is_told_from_its_polls(shop: Shop, desk: Desk, accountant: httpx.Client) -> None:
    desk.channels = [
        {
            "channel": "bxd:one",
            "title": "Учебный банк",
            "next_poll_at": NOW + timedelta(minutes=5),
            "certificate_expires": "2027-02-12",
        },
        {"channel": "bxd:two", "title": "Второй"},
    ]
    shop.poll(-10, "new", files=2)
    shop.poll(-5, "failed", error_code="order.touched", error_values=dumps({"number": "1"}))
    one, two = accountant.get("/v1/status").json()["bank"]
    assert one["last_poll_at"] == at(-5)
    assert one["last_good_at"] == at(-10)
    assert one["next_poll_at"] == at(5)
    assert one["last_result"] == "failed"
    assert one["certificate_expires"] == "2027-02-12"
    assert one["error"]["code"] == "order.touched"
    assert one["error"]["text_ru"]
    assert one["error"]["hint_en"]
    assert two["last_result"] == "never"
    assert two["last_poll_at"] is None
    assert two["error"] is None


def test_the_worst_word_wins(shop: Shop, desk: Desk, accountant: httpx.Client) -> None:
    shop.message(state="stored")
    assert state(accountant) == "working"
    shop.payment(state="needs_person")
    assert state(accountant) == "needs_you"
    shop.poll(-5, "failed", error_code="bank.away")
    assert state(accountant) == "offline"
    desk.findings = [Finding("order.touched", "error", {"number": "1"})]
    assert state(accountant) == "failed"


def test_a_bank_that_answers_nonsense_is_worse_than_one_that_is_away(shop: Shop, accountant: httpx.Client) -> None:
    shop.poll(-5, "failed", error_code="bank.untrusted_certificate")
    assert state(accountant) == "failed"


def test_polling_shows(desk: Desk, accountant: httpx.Client) -> None:
    desk.channels = [{"channel": "bxd:one", "title": "x", "polling": True}]
    assert state(accountant) == "working"


def test_each_role_is_needed_by_its_own_work(shop: Shop, as_role: Callable[[str], httpx.Client]) -> None:
    review = shop.payment(state="needs_person")
    shop.task(kind="review", reason="task.review_payment", role="accountant", payment_id=review)
    shop.payment(state="duplicate")
    shop.pick(shop.order(), state="to_confirm")
    shop.task()
    shop.task(state="snoozed", due_at=at(5))
    shop.task(kind="short", reason="task.short")
    shop.task(kind="stop", reason="task.stop_picking", role="warehouse")
    expected = {
        # The review task stands for a payment that is counted already.
        "accountant": {"payments": 2, "picks": 1, "calls": 1, "tasks": 2, "alarms": 0, "to_sign": 0},
        "manager": {"payments": 0, "picks": 1, "calls": 1, "tasks": 1, "alarms": 0, "to_sign": 0},
        "warehouse": {"payments": 0, "picks": 1, "calls": 0, "tasks": 1, "alarms": 0, "to_sign": 0},
        "it": {"payments": 0, "picks": 0, "calls": 0, "tasks": 0, "alarms": 0, "to_sign": 0},
        "director": {"payments": 2, "picks": 1, "calls": 1, "tasks": 2, "alarms": 0, "to_sign": 0},
    }
    for role, needs in expected.items():
        found = as_role(role).get("/v1/status").json()
        assert found["needs"] == needs, role
        # A director sees it all and has nothing to press.
        assert found["state"] == ("ok" if role in ("it", "director") else "needs_you"), role


def test_alarms_are_shown_with_their_remedy(shop: Shop, administrator: httpx.Client, warehouse: httpx.Client) -> None:
    alarm = shop.alarm(count=3)
    shop.alarm(state="cleared")
    found = administrator.get("/v1/status").json()
    assert found["state"] == "needs_you"
    assert found["alarms"][0].items() >= {"id": alarm, "count": 3, "severity": "error", "raised_at": at(1)}.items()
    assert "З-1" in found["alarms"][0]["text_ru"]
    assert found["alarms"][0]["hint_ru"]
    hidden = warehouse.get("/v1/status").json()
    assert hidden["alarms"] == []
    assert hidden["needs"]["alarms"] == 0


def test_the_days_pace(shop: Shop, accountant: httpx.Client, clock: FixedClock) -> None:
    for seconds in (5, 10, 1200):
        order = shop.order()
        shop.release(order)
        shop.timeline(order, pick_list_at=at(seconds / 60))
    waiting = shop.order()
    shop.release(waiting)
    shop.timeline(waiting, pick_list_at=None)
    yesterday = shop.order()
    shop.release(yesterday, at=at(-60 * 13))  # 23:00 in Moscow, the day before
    shop.timeline(yesterday)
    found = accountant.get("/v1/status").json()["sla"]
    assert found == {"released_today": 4, "p50_s": 10.0, "p95_s": 1200.0, "within_15_min": 0.6667}


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([], 50) is None
    assert percentile([7.0], 95) == 7.0
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.0
    assert percentile([float(n) for n in range(1, 101)], 95) == 95.0


def test_health_lists_what_it_needs(shop: Shop, desk: Desk, administrator: httpx.Client) -> None:
    desk.findings = [Finding("order.touched", "warning", {"number": "7"}, component="release.evidence")]
    shop.poll(-5, "new", files=1)
    shop.poll(-1, "failed", error_code="bank.away")
    letter = shop.letter()
    shop.letter(dead=False)
    refused = shop.message(
        b"bad", state="refused", reason="order.unknown", reason_values=dumps({"id": "x"}), received_at=at(5)
    )
    shop.message(b"good")
    found = administrator.get("/v1/health").json()
    component = found["components"][0]
    assert component["code"] == "release.evidence"
    assert component["state"] == "warning"
    assert component["title_ru"].startswith("Оплата подтверждена")
    assert "7" in component["text_en"]
    assert component["hint_ru"]
    assert [p["result"] for p in found["polls"]] == ["failed", "new"]
    assert [d["id"] for d in found["dead_letters"]] == [letter]
    assert found["outbox"] == {"waiting": 1, "dead": 1}
    assert found["messages"][0]["id"] == refused
    assert found["messages"][0]["reason"] == "order.unknown"
    assert "x" in found["messages"][0]["reason_en"]
    assert found["messages"][1]["reason"] is None
    assert found["journal"]["rows"] > 0
    assert len(found["journal"]["head"]) == 64
    assert found["journal"]["verified_at"] is None


def test_evidence_is_the_bytes_as_they_came(shop: Shop, accountant: httpx.Client) -> None:
    content = b"\xef\xbb\xbf<?xml?>\x00\xff"
    message = shop.message(content)
    reply = accountant.get(f"/v1/evidence/{message}")
    assert reply.content == content
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["x-content-sha256"] == hashlib.sha256(content).hexdigest()
    assert reply.headers["content-disposition"].startswith("attachment")
    assert accountant.get("/v1/evidence/nothing").status_code == 404


def test_altered_evidence_is_not_handed_out(store: Store, shop: Shop, accountant: httpx.Client) -> None:
    message = shop.message(b"true")
    with store.unit() as unit:
        unit.connection.execute(update(blobs).values(bytes=b"false"))
        unit.commit()
    reply = accountant.get(f"/v1/evidence/{message}")
    assert reply.status_code == 500
    assert reply.json()["error"]["code"] == "message.bytes_changed"
    assert b"false" not in reply.content


@pytest.mark.parametrize(("age", "status", "word"), [(1.0, 200, "ok"), (901.0, 503, "stale"), (None, 503, "starting")])
def test_the_watchdog_goes_by_the_last_good_round(
    desk: Desk, as_role: Callable[[str], httpx.Client], age: float | None, status: int, word: str
) -> None:
    desk.age = age
    reply = as_role("").get("/healthz")
    assert reply.status_code == status
    assert reply.json() == {"status": word, "cycle_age_s": age, "version": "0.1.0"}


def test_metrics_count_and_name_nobody(
    shop: Shop, accountant: httpx.Client, as_role: Callable[[str], httpx.Client], tokens: dict[str, str]
) -> None:
    payment = shop.payment(amount=918_273_645)
    shop.poll(-2)
    shop.letter()
    shop.alarm()
    accountant.get(f"/v1/payments/{payment}")
    accountant.get("/v1/nothing/at/all")
    text = as_role("").get("/metrics").text
    assert 'kvit_http_requests_total{method="GET",route="/v1/payments/{payment_id}",status="200"} 1.0' in text
    assert 'route="other",status="404"' in text
    assert 'kvit_payments{state="auto"} 1.0' in text
    assert 'kvit_last_good_poll_age_seconds{channel="bxd:one"} 120.0' in text
    assert "kvit_outbox_dead 1.0" in text
    assert "kvit_alarms_open 1.0" in text
    assert "kvit_store_up 1.0" in text
    for secret in (payment, "918273645", "9182736", "Рама", "user-", *tokens.values()):
        assert secret not in text


def test_metrics_answer_while_the_database_is_away(
    store: Store, as_role: Callable[[str], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_role("")

    def away() -> None:
        from gateway.core.errors import Unavailable

        raise Unavailable("store.unreachable", reason="x")

    monkeypatch.setattr(store, "reading", away)
    text = client.get("/metrics").text
    assert "kvit_store_up 0.0" in text
    assert client.get("/healthz").status_code == 200
