"""The generator itself: the same bytes from the same seed, and a truth that does not contradict itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.matching.noise.generator import Files, generate, kinds, write
from tests.matching.noise.words import day_in_words, in_words, roubles_in_words, transliterated, wrong_layout
from tests.matching.noise.world import TODAY


@pytest.fixture(scope="module")
def files() -> Files:
    return generate(2500, "consistency")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(tmp_path / folder, generate(300, "twice"))
    for name in ("invoices", "payments", "registries", "truth"):
        one, two = (tmp_path / folder / f"{name}.jsonl" for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_another_seed_gives_another_world() -> None:
    assert generate(50, "1")["payments"] != generate(50, "2")["payments"]


def test_only_the_chosen_kinds() -> None:
    assert {t["kind"] for t in generate(40, "1", ["terse", "money_back"])["truth"]} == {"terse", "money_back"}


def test_every_kind_makes_payments_of_its_name() -> None:
    assert len(kinds()) >= 100
    for name in kinds():
        assert {t["kind"] for t in generate(1, "alone", [name])["truth"]} == {name}


def test_about_seventy_percent_may_be_automatic(files: Files) -> None:
    decisions = Counter(t["decision"] for t in files["truth"])
    assert 0.65 <= decisions["auto"] / decisions.total() <= 0.76


def test_every_id_exists_once_and_payments_come_in_order(files: Files) -> None:
    for name in ("invoices", "payments", "registries"):
        ids = [row["id"] for row in files[name]]
        assert len(set(ids)) == len(ids)
    assert [t["payment_id"] for t in files["truth"]] == [p["id"] for p in files["payments"]]
    assert [p["seq"] for p in files["payments"]] == list(range(1, len(files["payments"]) + 1))
    booked = [p["booked"] for p in files["payments"]]
    assert booked == sorted(booked)
    invoices = {v["id"] for v in files["invoices"]}
    for t in files["truth"]:
        for pairs in (t["allocations"], *t["alt"]):
            assert {i for i, _ in pairs} <= invoices


def test_true_money_never_exceeds_what_is_due(files: Files) -> None:
    due = {v["id"]: v["due"] for v in files["invoices"]}
    got: Counter[str] = Counter()
    for t in files["truth"]:
        for invoice, kopecks in t["allocations"]:
            assert kopecks > 0
            got[invoice] += kopecks
    assert not {i: k for i, k in got.items() if k > due[i]}


def test_nothing_is_allocated_that_did_not_arrive(files: Files) -> None:
    """A payout's fee is the one sum that is allocated without arriving."""
    fees = {r["net"]: r["fee"] for r in files["registries"]}
    partners = {"7700000122", "7724490000", "7700000203"}
    for p, t in zip(files["payments"], files["truth"], strict=True):
        fee = fees.get(p["amount"], 0) if p["payer_inn"] in partners else 0
        assert p["amount"] > 0
        assert sum(k for _, k in t["allocations"]) <= p["amount"] + fee


def test_money_comes_from_the_buyer_where_nobody_else_is_named(files: Files) -> None:
    named = {"third_party_with_tax_number", "director_pays_for_firm", "third_party_with_the_same_number_open"}
    invoices = {v["id"]: v for v in files["invoices"]}
    partners = {"7700000122", "7724490000", "7700000203"}
    for p, t in zip(files["payments"], files["truth"], strict=True):
        if t["decision"] != "auto" or p["payer_inn"] in partners:
            continue
        for i, _ in t["allocations"]:
            v = invoices[i]
            assert v["status"] == "open"
            assert v["date"] <= p["booked"]
            if v["buyer_kind"] == "fl":
                assert v["buyer_name"].lower().replace("ё", "е") in p["payer_name"].lower().replace("ё", "е").replace(
                    "  ", " "
                )
                assert p["amount"] == v["due"]
            elif t["kind"] not in named:
                assert p["payer_inn"] == v["buyer_inn"]
            else:
                assert v["buyer_inn"] in p["purpose"]


def test_a_document_comes_twice_only_where_the_truth_says_so(files: Files) -> None:
    seen = set()
    for p, t in zip(files["payments"], files["truth"], strict=True):
        key = p["payer_account"], p["doc_no"], p["doc_date"], p["amount"]
        assert (key in seen) == (t["decision"] == "duplicate")
        seen.add(key)


def test_registries_add_up_and_texts_fit(files: Files) -> None:
    for r in files["registries"]:
        assert sum(line["amount"] for line in r["lines"]) == r["gross"] == r["net"] + r["fee"]
    assert all(0 < len(p["purpose"]) <= 210 and len(p["payer_account"]) == 20 for p in files["payments"])


def test_a_number_is_unique_in_its_series_and_year(files: Files) -> None:
    numbers = Counter((v["number"], v["date"][:4]) for v in files["invoices"])
    shared = {key: n for key, n in numbers.items() if n > 1}
    assert len(shared) < len(numbers) / 500, (
        "only the kinds that borrow a day or a month for a number may run out of series"
    )


def test_words() -> None:
    assert in_words(21_002) == "двадцать одна тысяча два"
    assert in_words(0) == "ноль"
    assert roubles_in_words(1_234_501) == "Двенадцать тысяч триста сорок пять рублей 01 копейка"
    assert roubles_in_words(2_000_000_00) == "Два миллиона рублей 00 копеек"
    assert day_in_words(TODAY) == "двадцать первого ноября"
    assert day_in_words(TODAY.replace(day=30)) == "тридцатого ноября"
    assert transliterated("Оплата по счёту №5") == "Oplata po schetu N5"
    assert wrong_layout("Оплата по счету № 5") == "jgkfnf gj cxtne # 5"
