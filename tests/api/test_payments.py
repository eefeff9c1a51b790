from __future__ import annotations

import random

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.payments.tables import entries, payments
from tests.api.shop import Shop, at


def ids(reply: httpx.Response) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [item["id"] for item in reply.json()["items"]]


def many(shop: Shop, number: int, seed: int = 1) -> None:
    """Payments with many ties in every sortable column."""
    rng = random.Random(seed)
    rows = [
        {
            "id": f"p{n:05d}",
            "state": rng.choice(["auto", "needs_person", "manual", "not_ours", "reversed"]),
            "outcome": rng.choice(["exact", "partial"]),
            "amount": rng.choice([100, 5000, 5000, 123_456]),
            "bank_time": at(rng.randrange(5)),
            "received_at": at(rng.randrange(5)),
            "party_name": rng.choice(["ООО «Рама»", "Ёлкин Пётр", "Z", "a_b", "100%"]),
            "party_inn": rng.choice(["", "7707083893"]),
            "purpose": rng.choice(["Оплата", "ОПЛАТА №5", ""]),
        }
        for n in range(number)
    ]
    shop.put_many(entries, [shop.entry_row(r["id"], **{k: v for k, v in r.items() if k != "id"}) for r in rows])
    shop.put_many(payments, [shop.payment_row(r["id"], **{k: v for k, v in r.items() if k != "id"}) for r in rows])


def test_an_item_has_the_fields_of_the_contract(shop: Shop, accountant: httpx.Client) -> None:
    invoice = shop.invoice("125")
    other = shop.invoice("126")
    payment = shop.payment(amount=150_00, allocated=100_00, version=3)
    shop.allocation(payment, invoice, 60_00)
    shop.allocation(payment, other, 40_00)
    gone = shop.invoice("127")
    taken_back = shop.allocation(payment, gone, 10_00, undone=1)
    shop.allocation(payment, gone, -10_00, undone=1, undoes=taken_back)
    page = accountant.get("/v1/payments").json()
    assert page["items"] == [
        {
            "id": payment,
            "version": 3,
            "bank_time": "2026-11-21T09:00:00.000000Z",
            "booked": "2026-11-21",
            "received_at": "2026-11-21T09:01:00.000000Z",
            "payer_name": "ООО «Рама»",
            "payer_inn": "7707083893",
            "payer_account": "40702810100000000001",
            "amount": 15000,
            "allocated": 10000,
            "rest": 5000,
            "purpose": "Оплата по счёту № 125",
            "state": "auto",
            "outcome": "exact",
            "invoices": ["125", "126"],
            "evidence": "signed",
            "reversed": False,
        }
    ]
    assert page["total"] == 1
    assert page["next"] is None
    assert page["server_time"] == "2026-11-21T09:00:00.000000Z"


def test_counts_name_every_state_also_the_empty_ones(shop: Shop, accountant: httpx.Client) -> None:
    for state in ("auto", "auto", "needs_person", "reversed"):
        shop.payment(state=state)
    page = accountant.get("/v1/payments?state=auto").json()
    assert page["total"] == 2
    assert page["counts"] == {
        "all": 4,
        "new": 0,
        "auto": 2,
        "needs_person": 1,
        "manual": 0,
        "not_ours": 0,
        "reversed": 1,
        "duplicate": 0,
    }


def test_another_company_is_not_seen(shop: Shop, accountant: httpx.Client) -> None:
    mine = shop.payment()
    shop.put(entries, **{**shop.entry_row("foreign"), "company": "other"})
    shop.put(payments, **{**shop.payment_row("foreign"), "company": "other"})
    assert ids(accountant.get("/v1/payments")) == [mine]
    assert accountant.get("/v1/payments/foreign").status_code == 404
    assert accountant.post("/v1/payments/foreign/release-confirm", json={}).status_code == 404


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("рама", {"a"}),
        ("РАМА", {"a"}),
        ("елкин", {"b"}),
        ("Ёлкин пётр", {"b"}),
        ("пётр Ёлкин", {"b"}),
        ("12 500,50", {"a"}),
        ("12500,5", {"a"}),
        ("12500.50", {"a"}),
        ("100%", {"c"}),
        ("%", {"c"}),
        ("a_b", {"c"}),
        ("_", {"c"}),
        ("нет такого", set()),
        ("  ", {"a", "b", "c"}),
        ("\\", set()),
        ("'; drop table payments; --", set()),
    ],
)
def test_search_folds_what_people_type(shop: Shop, accountant: httpx.Client, q: str, found: set[str]) -> None:
    shop.payment(id="a", party_name="ООО «Рама»", amount=12_500_50)
    shop.payment(id="b", party_name="Ёлкин Пётр")
    shop.payment(id="c", party_name="a_b 100%")
    reply = accountant.get("/v1/payments", params={"q": q})
    assert set(ids(reply)) == found
    assert reply.json()["total"] == len(found)
    assert reply.json()["counts"]["all"] == len(found)


def test_lists_are_sorted_by_the_service(shop: Shop, accountant: httpx.Client) -> None:
    shop.payment(id="a", bank_time=at(1), amount=300, party_name="В")
    shop.payment(id="b", bank_time=at(3), amount=100, party_name="А")
    shop.payment(id="c", bank_time=at(2), amount=200, party_name="Б")
    assert ids(accountant.get("/v1/payments")) == ["b", "c", "a"]
    assert ids(accountant.get("/v1/payments?sort=bank_time")) == ["a", "c", "b"]
    assert ids(accountant.get("/v1/payments?sort=amount")) == ["b", "c", "a"]
    assert ids(accountant.get("/v1/payments?sort=-payer_name")) == ["a", "c", "b"]


SORTS = [
    sign + key
    for key in (
        "bank_time",
        "amount",
        "payer_name",
        "payer_inn",
        "state",
        "outcome",
        "allocated",
        "rest",
        "purpose",
        "received_at",
    )
    for sign in ("", "-")
]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sort=st.sampled_from(SORTS), limit=st.integers(1, 30), state=st.sampled_from(["all", "auto", "manual"]))
def test_a_walk_by_cursor_meets_every_row_once(walked: httpx.Client, sort: str, limit: int, state: str) -> None:
    whole = ids(walked.get("/v1/payments", params={"sort": sort, "state": state, "limit": 500}))
    seen: list[str] = []
    after = ""
    while True:
        page = walked.get("/v1/payments", params={"sort": sort, "state": state, "limit": limit, "after": after})
        seen += ids(page)
        assert page.json()["total"] == len(whole)
        after = page.json()["next"]
        if after is None:
            break
    assert seen == whole
    assert len(set(seen)) == len(seen)
    stepped = [
        row
        for offset in range(0, len(whole) + 1, limit)
        for row in ids(
            walked.get("/v1/payments", params={"sort": sort, "state": state, "limit": limit, "offset": offset})
        )
    ]
    assert stepped == whole


@pytest.fixture
def walked(shop: Shop, accountant: httpx.Client) -> httpx.Client:
    many(shop, 70)
    return accountant


def test_a_row_that_comes_in_during_a_walk_shifts_nothing(shop: Shop, accountant: httpx.Client) -> None:
    many(shop, 30)
    first = accountant.get("/v1/payments?limit=10").json()
    shop.payment(id="newest", bank_time=at(60))
    rest = ids(accountant.get(f"/v1/payments?limit=500&after={first['next']}"))
    assert len(rest) == 20
    assert not set(rest) & {item["id"] for item in first["items"]}


def test_a_cursor_belongs_to_its_order(shop: Shop, accountant: httpx.Client) -> None:
    many(shop, 30)
    cursor = accountant.get("/v1/payments?limit=10&sort=amount").json()["next"]
    reply = accountant.get(f"/v1/payments?limit=10&sort=bank_time&after={cursor}")
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "api.bad_cursor"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.one_of(st.text(min_size=1, max_size=60), st.binary(min_size=1, max_size=40).map(lambda b: b.hex())))
def test_no_cursor_breaks_the_service(accountant: httpx.Client, cursor: str) -> None:
    assert accountant.get("/v1/payments", params={"after": cursor}).status_code in (400, 422)


def test_a_jump_beyond_the_end_is_an_empty_slice(shop: Shop, accountant: httpx.Client) -> None:
    many(shop, 5)
    page = accountant.get("/v1/payments?offset=100000").json()
    assert page["items"] == []
    assert page["total"] == 5
    assert page["next"] is None


# --- detail ----------------------------------------------------------------------------------------------------------


def test_the_detail_tells_the_whole_story(shop: Shop, accountant: httpx.Client) -> None:
    message = shop.message(b"<Document>1</Document>")
    invoice = shop.invoice("125", order_id=shop.order("З-7"))
    payment = shop.payment(message_id=message, allocated=100_00)
    span = [16, 21]
    made = shop.decision(
        payment, reasons=[{"code": "order.touched", "values": {"number": "125"}, "span": span}], at=at(2)
    )
    shop.allocation(payment, invoice, 100_00, decision_id=made)
    shop.delivered_again(payment, 30)
    found = accountant.get(f"/v1/payments/{payment}").json()
    assert found["doc_no"] == "77"
    assert found["doc_date"] == "2026-11-20"
    assert found["payer_bank"] == "Банк"
    assert found["payer_bic"] == "044525225"
    assert found["bank_ref"] == f"REF-{payment}"
    assert found["decision"]["outcome"] == "exact"
    assert found["decision"]["by"] == "service"
    assert found["decision"]["reasons"][0]["span"] == span
    assert "125" in found["decision"]["reasons"][0]["text_ru"]
    assert found["decision"]["sentence_ru"]
    assert found["decision"]["sentence_en"]
    assert [a["number"] for a in found["allocations"]] == ["125"]
    assert found["evidence"]["message_id"] == message
    assert found["evidence"]["signer"] == "CN=Bank"
    assert found["evidence"]["journal_seq"] > 0
    assert len(found["evidence"]["sha256"]) == 64
    assert [h["text_en"][:12] for h in found["history"]] == ["The bank sen", "Allocated au", "Came from th"]
    assert found["undo"]["event_id"] == made
    assert found["server_time"]


def test_a_payment_whose_message_is_unknown_still_shows(shop: Shop, accountant: httpx.Client) -> None:
    payment = shop.payment(evidence="file", message_id="m-gone", state="new", outcome="")
    found = accountant.get(f"/v1/payments/{payment}").json()
    assert found["evidence"] == {
        "kind": "file",
        "message_id": "m-gone",
        "reference": None,
        "sha256": None,
        "signer": None,
        "verified_at": None,
        "journal_seq": None,
    }
    assert found["decision"] is None
    assert found["undo"] is None
    assert found["suggestions"] == []


def suggestion(*pairs: tuple[str, int], difference: int = 0) -> dict[str, object]:
    return {"allocations": [list(p) for p in pairs], "difference": difference, "reasons": []}


def test_suggestions_are_offered_as_they_can_be_accepted(shop: Shop, accountant: httpx.Client) -> None:
    one, two = shop.invoice("1", amount=60_00), shop.invoice("2", amount=40_00)
    payment = shop.payment(state="needs_person", outcome="ambiguous")
    shop.decision(
        payment,
        "proposal",
        "ambiguous",
        suggestions=[suggestion((one, 60_00), (two, 40_00)), suggestion((one, 60_00), difference=40_00)],
    )
    found = accountant.get(f"/v1/payments/{payment}").json()["suggestions"]
    assert [s["rank"] for s in found] == [1, 2]
    assert found[0]["allocate"] == [[one, 60_00], [two, 40_00]]
    assert [i["number"] for i in found[0]["invoices"]] == ["1", "2"]
    assert found[1]["difference"] == 40_00
    assert set(found[0]["invoices"][0]) == {"invoice_id", "number", "date", "buyer", "amount", "rest", "order_id"}


def test_a_suggestion_that_no_longer_fits_is_not_offered(shop: Shop, accountant: httpx.Client) -> None:
    paid, free = shop.invoice("1", amount=60_00, rest=10_00), shop.invoice("2", amount=40_00)
    payment = shop.payment(state="needs_person")
    shop.decision(
        payment,
        "proposal",
        "ambiguous",
        suggestions=[suggestion((paid, 60_00)), suggestion(("gone", 1)), suggestion((free, 40_00))],
    )
    found = accountant.get(f"/v1/payments/{payment}").json()["suggestions"]
    assert [(s["rank"], s["invoices"][0]["number"]) for s in found] == [(1, "2")]


def test_a_settled_payment_offers_nothing(shop: Shop, accountant: httpx.Client) -> None:
    invoice = shop.invoice("1")
    payment = shop.payment(state="manual")
    shop.decision(payment, "proposal", "ambiguous", suggestions=[suggestion((invoice, 100_00))])
    assert accountant.get(f"/v1/payments/{payment}").json()["suggestions"] == []


@pytest.mark.parametrize("kind", ["proposal", "duplicate", "reversal", "undo"])
def test_what_nobody_decided_cannot_be_undone(shop: Shop, accountant: httpx.Client, kind: str) -> None:
    payment = shop.payment()
    shop.decision(payment, "auto")
    shop.decision(payment, kind)
    assert accountant.get(f"/v1/payments/{payment}").json()["undo"] is None


def test_allocations_taken_back_stay_visible(shop: Shop, accountant: httpx.Client) -> None:
    invoice = shop.invoice("1")
    payment = shop.payment(state="needs_person")
    first = shop.allocation(payment, invoice, 100_00, undone=1)
    shop.allocation(payment, invoice, -100_00, undone=1, undoes=first)
    found = accountant.get(f"/v1/payments/{payment}").json()
    assert [(a["id"], a["undone"]) for a in found["allocations"]] == [(first, True)]
    assert found["invoices"] == []


# --- invoices --------------------------------------------------------------------------------------------------------


def test_open_invoices_are_the_usual_question(shop: Shop, accountant: httpx.Client) -> None:
    one = shop.invoice("1")
    shop.invoice("2", state="paid", rest=0)
    three = shop.invoice("3", buyer_inn="5000000000", buyer_name="Ёлка")
    page = accountant.get("/v1/invoices?sort=number").json()
    assert [i["id"] for i in page["items"]] == [one, three]
    assert page["counts"] == {"all": 3, "open": 2}
    assert set(page["items"][0]) == {
        "id",
        "number",
        "date",
        "buyer",
        "buyer_inn",
        "amount",
        "rest",
        "state",
        "order_id",
    }
    assert accountant.get("/v1/invoices?state=all").json()["total"] == 3
    assert ids(accountant.get("/v1/invoices?buyer_inn=5000000000")) == [three]
    assert ids(accountant.get("/v1/invoices?q=елка")) == [three]
