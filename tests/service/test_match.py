"""`kvit match DIR`: decisions, report, figures; wrong usage, Ctrl-C, homes."""

from __future__ import annotations

import html
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.matching import trial
from gateway.service.trials.json_lines import LONGEST
from tests.matching import backtest
from tests.service.conftest import Kvit
from tests.service.match_stage import INVOICES, PAYMENTS, decisions, folder, invoice, payment, registry
from tests.standards import need_shared

NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def nobody_is_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No installation of this machine's own counts."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nowhere"))


def test_the_decisions_are_those_of_the_format_with_reasons(kvit: Kvit, tmp_path: Path) -> None:
    made, out = folder(tmp_path / "data"), tmp_path / "decisions.jsonl"
    answer = kvit("match", made, "--out", out, "--language", "ru")
    assert answer.code == 0, answer.err
    found = decisions(out)
    assert [(d["payment_id"], d["decision"], d["allocations"], d["outcome"]) for d in found] == [
        ("P1", "auto", [["I125", 1250000]], "exact"),
        ("P2", "auto", [["I126", 734050]], "registry"),
        ("P3", "person", [], "third_party_unnamed"),
        ("P4", "duplicate", [], "duplicate_document"),
    ]
    assert found[0]["why"].startswith("Счёт оплачен точно: ") and "matching.sum_equal" in found[0]["facts"]
    assert found[1]["fee"] == 34050 and found[0]["release"] == ["I125"]
    assert not list(tmp_path.glob("*.part"))
    assert "Разнесено бы само" in answer.out and str(out) in answer.out


def test_suggestions_stand_with_a_decision_for_a_person(kvit: Kvit, tmp_path: Path) -> None:
    two = [invoice("160", 500000), invoice("161", 500000)]
    made = folder(tmp_path, two, [payment(1, 500000, "Оплата за товар")], None)
    assert kvit("match", made, "--out", tmp_path / "d.jsonl").code == 0
    [only] = decisions(tmp_path / "d.jsonl")
    offered = [suggestion["allocations"] for suggestion in only["suggestions"]]
    assert only["decision"] == "person" and [["I160", 500000]] in offered
    assert all(suggestion["difference"] == 0 for suggestion in only["suggestions"])


def test_bad_rows_in_every_file_are_told_and_the_rest_is_decided(kvit: Kvit, tmp_path: Path) -> None:
    made = folder(
        tmp_path,
        [b"{", *INVOICES, invoice("150", -5)],
        [*PAYMENTS[:2], b'{"purpose": "' + b"x" * LONGEST + b'"}', {**PAYMENTS[2], "amount": "100"}, PAYMENTS[3]],
        [registry("50", [("1", 100)], 0, net=99), registry("51", [("100126", 734050)], 34050)],
    )
    answer = kvit("match", made, "--out", tmp_path / "d.jsonl", "--json")
    assert answer.code == 1
    told = [(row["file"], row["line"], row["code"]) for row in answer.json["bad_rows"]["first"]]
    assert sorted(told) == [
        ("invoices.jsonl", 1, "trial.line_json"),
        ("invoices.jsonl", 5, "trial.field_sum"),
        ("payments.jsonl", 3, "trial.line_long"),
        ("payments.jsonl", 4, "trial.field_type"),
        ("registries.jsonl", 1, "trial.registry_unsound"),
    ]
    assert [d["payment_id"] for d in decisions(tmp_path / "d.jsonl")] == ["P1", "P2", "P4"]
    shown = kvit("match", made, "--out", tmp_path / "d.jsonl", "--language", "en")
    assert shown.code == 1
    assert "payments.jsonl, line 4: The field amount is of the wrong type" in shown.out
    assert "Rows with faults: 5" in shown.out


def _seeds() -> Iterator[tuple[str, str]]:
    yield from (("teapot", "uniform"), ("lantern", "realistic"), ("gravel", "uniform"))


@pytest.mark.parametrize(("seed", "mix"), list(_seeds()))
def test_three_fresh_seeds_meet_the_targets(kvit: Kvit, tmp_path: Path, seed: str, mix: str) -> None:
    generator, scorer = need_shared("matching/gen_payments.py"), need_shared("matching/score.py")
    size = ["--invoices", "800", "--payments", "800"]
    made = backtest.generate(generator, tmp_path, *size, "--seed", seed, "--mix", mix)
    out = tmp_path / "d.jsonl"
    assert kvit("match", made, "--out", out).code == 0
    scored = backtest.score_file(scorer, made, out)
    assert {fault: scored[fault] for fault in backtest.FAULTS} == dict.fromkeys(backtest.FAULTS, 0)
    assert scored["recall"] >= 0.98


def test_the_reports_say_what_the_file_of_decisions_says(kvit: Kvit, tmp_path: Path) -> None:
    generator = need_shared("matching/gen_payments.py")
    size = ["--invoices", "400", "--payments", "400", "--seed", "ledger", "--mix", "uniform"]
    made = backtest.generate(generator, tmp_path, *size)
    out, page, text = (tmp_path / name for name in ("d.jsonl", "r.html", "r.txt"))
    answer = kvit("match", made, "--out", out, "--report", page, "--report", text, "--json", "--language", "en")
    assert answer.code == 0
    sums = {row["id"]: row["amount"] for row in backtest.rows(made, "payments")}
    expected: dict[str, list[int]] = {}
    for decision in decisions(out):
        for key in (decision["decision"], f"{decision['decision']}/{decision['outcome']}"):
            tally = expected.setdefault(key, [0, 0])
            tally[0] += 1
            tally[1] += sums[decision["payment_id"]]
    told = answer.json
    for name in ("auto", "person", "duplicate"):
        assert [told[name]["count"], told[name]["amount"]] == expected[name]
    assert {f"{o['decision']}/{o['outcome']}": [o["count"], o["amount"]] for o in told["outcomes"]} == {
        key: tally for key, tally in expected.items() if "/" in key
    }
    plain = text.read_text(encoding="utf-8")
    cells = re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))
    for row in told["outcomes"]:
        words = f"{row['count']:,} {row['amount'] / 100:,.2f} ₽"
        for form in (plain, html.unescape(cells)):
            flat = " ".join(form.split())
            assert words in flat and row["text"] in flat


def test_the_page_stands_alone_and_lets_no_text_become_markup(kvit: Kvit, tmp_path: Path) -> None:
    nasty = payment(1, 100, "<script>alert(1)</script> & «счёт»", payer_name="<b>ООО</b>")
    made = folder(tmp_path, payments=[nasty])
    assert kvit("match", made, "--out", tmp_path / "d", "--report", tmp_path / "r.html", "--language", "ru").code == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page and "<b>ООО" not in page
    assert not re.search(r"(src|href)=|@import|url\(", page)
    assert 'lang="ru"' in page and "@media print" in page
    assert "Это проверка: ничего не разнесено и не отпущено." in page


def test_sums_are_written_the_russian_way_in_the_russian_report(kvit: Kvit, tmp_path: Path) -> None:
    made = folder(tmp_path)
    assert kvit("match", made, "--out", tmp_path / "d", "--report", tmp_path / "r.txt", "--language", "ru").code == 0
    text = (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert f"47{NBSP}000,00 ₽" in text.replace("  ", " ")
    assert "50,0 % платежей" in text and "Повторы" in text


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--out", "{tmp}/d"),
        ("{dir}",),
        ("{dir}", "--out", "{tmp}/d", "--from-statement", "{dir}", "--invoices", "{dir}"),
        ("--from-statement", "{dir}", "--out", "{tmp}/d"),
        ("--invoices", "{dir}", "--out", "{tmp}/d"),
        ("{tmp}/nowhere", "--out", "{tmp}/d"),
        ("{dir}", "--out", "{tmp}/d", "--report", "{tmp}/r.pdf"),
        ("{dir}", "--out", "{tmp}/d", "--partner", "7700000122"),
        ("{dir}", "--out", "{tmp}/d", "--partner", "7700000122=casino"),
        ("{dir}", "--out", "{tmp}/d", "--partner", "12=post"),
        ("{dir}", "--out", "{tmp}/d", "--map", "king=Столбец"),
        ("{dir}", "--out", "{tmp}/d", "--map", "number"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_writes_nothing(kvit: Kvit, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    made = folder(tmp_path / "data")
    answer = kvit("match", *(a.format(dir=made, tmp=tmp_path) for a in arguments))
    assert answer.code == 2
    assert answer.err and not (tmp_path / "d").exists()


def test_a_folder_without_the_files_is_refused_with_a_hint(kvit: Kvit, tmp_path: Path) -> None:
    answer = kvit("match", tmp_path, "--out", tmp_path / "d", "--language", "en")
    assert answer.code == 1
    assert "no file invoices.jsonl" in answer.err and "--from-statement" in answer.err


def test_the_decisions_never_overwrite_what_is_read(kvit: Kvit, tmp_path: Path) -> None:
    made = folder(tmp_path)
    before = (made / "payments.jsonl").read_bytes()
    answer = kvit("match", made, "--out", made / "payments.jsonl", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, "trial.out_is_input")
    assert (made / "payments.jsonl").read_bytes() == before


def test_ctrl_c_leaves_a_whole_file_of_what_was_decided(
    kvit: Kvit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [payment(n, 100, "", doc_no=str(n)) for n in range(1, 40)]
    made, out = folder(tmp_path, payments=rows), tmp_path / "d.jsonl"
    decided = 0
    decide = trial.decide

    def interrupted(*arguments: Any) -> Any:
        nonlocal decided
        decided += 1
        if decided == 5:
            signal.raise_signal(signal.SIGINT)
        return decide(*arguments)

    monkeypatch.setattr(trial, "decide", interrupted)
    before = signal.getsignal(signal.SIGINT)
    answer = kvit("match", made, "--out", out, "--report", tmp_path / "r.txt", "--language", "en")
    assert answer.code == 1
    assert "Stopped: 5 decided" in answer.out
    assert [d["payment_id"] for d in decisions(out)] == ["P1", "P2", "P3", "P4", "P5"]
    assert "stopped before its end" in (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_that_fails_leaves_the_older_file_as_it_was(
    kvit: Kvit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, out = folder(tmp_path), tmp_path / "d.jsonl"
    out.write_text("older\n", encoding="utf-8")

    def broken(*_: Any) -> Any:
        raise OSError(28, "No space left on device", str(out))

    monkeypatch.setattr(trial, "decide", broken)
    answer = kvit("match", made, "--out", out)
    assert answer.code == 1 and "No space left" in answer.err
    assert out.read_text(encoding="utf-8") == "older\n"


def test_a_partner_may_be_added_and_our_own_money_is_known(kvit: Kvit, tmp_path: Path) -> None:
    moved = payment(1, 1250000, "Оплата по счету № 125", "7736000019")
    made, out = folder(tmp_path, payments=[moved]), tmp_path / "d.jsonl"
    assert kvit("match", made, "--out", out, "--own-inn", "7736000019").code == 0
    assert decisions(out)[0]["outcome"] == "own_transfer"
    assert kvit("match", made, "--out", out, "--partner", "7736000019=marketplace").code == 0
    assert decisions(out)[0]["outcome"] == "payout_unexplained"


def test_paid_invoices_count_as_open_when_asked(kvit: Kvit, tmp_path: Path) -> None:
    made, out = folder(tmp_path, [invoice("125", 1250000, status="paid", due=0)], PAYMENTS[:1]), tmp_path / "d.jsonl"
    assert kvit("match", made, "--out", out).code == 0
    assert decisions(out)[0]["outcome"] == "paid_invoice"
    assert kvit("match", made, "--out", out, "--as-open").code == 0
    assert decisions(out)[0]["outcome"] == "exact"


# -------------------------------------------------------------------- homes


def test_a_home_brings_its_partners_and_a_trial_is_kept_for_the_switch(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    config = home / "kvit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[matching]", '[matching]\npayout_partners = { "7736000019" = "post" }'), "utf-8")
    rows = [*PAYMENTS, payment(5, 100, "Перечисление по реестру 7", "7736000019")]
    made, out = folder(tmp_path / "data", payments=rows), tmp_path / "d.jsonl"
    answer = kvit("match", made, "--out", out, "--home", home, "--keep", "--json")
    assert answer.code == 0 and answer.json["kept"]
    assert [d["outcome"] for d in decisions(out)][1::3] == ["registry", "payout_unexplained"]
    shown = kvit("release", "--home", home, "--json").json
    assert shown["release_mode"] == "manual"
    assert (shown["last_trial"]["id"], shown["last_trial"]["automatic"]) == (answer.json["kept"], 2)
    assert kvit("user", "add", "Пётр", "--role", "director", "--home", home).code == 0
    asked = kvit("release", "automatic", "--by", "Пётр", "--home", home, "--language", "ru", input="n\n")
    assert asked.code == 1
    assert "Разнесено бы само" in asked.out and str(made) in asked.out
    assert "которым не хватает реестра: 1 на 1,00" in asked.out
    assert kvit("release", "--home", home, "--json").json["release_mode"] == "manual"


def test_nothing_is_kept_unless_asked(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    assert kvit("match", folder(tmp_path / "data"), "--out", tmp_path / "d", "--home", home).code == 0
    assert kvit("release", "--home", home, "--json").json["last_trial"] is None


def test_keeping_needs_a_home(kvit: Kvit, tmp_path: Path) -> None:
    answer = kvit("match", folder(tmp_path / "data"), "--out", tmp_path / "d", "--keep", "--json")
    assert (answer.code, answer.json["error"]["code"]) == (1, "config.missing")
    assert not (tmp_path / "d").exists()


def test_json_mode_is_one_object(kvit: Kvit, tmp_path: Path) -> None:
    answer = kvit("match", folder(tmp_path / "data"), "--out", tmp_path / "d", "--json")
    assert json.loads(answer.out)["payments"] == {"count": 4, "amount": 4700000}
    assert answer.json["auto"]["share_of_count"] == 0.5
