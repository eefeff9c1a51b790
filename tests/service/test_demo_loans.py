"""The loans story as a newcomer runs it: a real process with a bank and two lenders on sockets; its figures, and that
they notice when a row says something else."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from gateway.core.errors import Refused
from gateway.service.demo.loan_cast import BRACKET, WISHES
from gateway.service.demo.loan_figures import adds_up, figures
from gateway.service.demo.loan_releases import Releases
from gateway.service.demo.prepare import fresh_home
from tests.e2e.test_demo import Played, kvit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
_STATEMENT, _RETURN = "Перечисление оплаты за товары%", "Возврат средств по кредитному договору%"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("demo-loans") / "home"
    done = kvit("demo", "--story", "loans", "--once", "--json", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    yield Played(home, json.loads(done.stdout), done.stderr)


def test_the_sums_add_up(played: Played) -> None:
    told = played.result
    assert told["goods_total"] == sum(
        told[key] for key in ("down_payments", "lender_discounts", "received_from_lenders")
    )
    assert told["received_from_lenders"] == told["commission"] + told["paid_to_shops"] + told["outstanding"]
    assert told["bank_balance_ok"] is True and told["journal_ok"] is True and told["wrong_releases"] == 0


def test_they_are_those_of_what_was_bought(played: Played) -> None:
    told = played.result
    out = {"refused", "changed_mind", "wrong_passport", "returned"}
    kept = [wish for wish in WISHES if wish.key not in out]
    assert told["goods_total"] == sum(wish.line.amount.kopecks for wish in kept) - BRACKET.kopecks
    (television,) = (wish for wish in kept if wish.key == "one_refusal")
    price = television.line.amount
    bracket = round(Fraction(BRACKET.kopecks * (price - television.down).kopecks, price.kopecks))  # the lender's part
    assert told["down_payments"] == sum(wish.down.kopecks for wish in kept) - (BRACKET.kopecks - bracket)
    (plan,) = (wish for wish in kept if wish.offer == "instalments")
    assert told["lender_discounts"] == plan.line.amount.kopecks * 75 // 1000
    (back,) = (wish for wish in WISHES if wish.key == "returned")
    assert told["returned_to_lenders"] == (back.line.amount - back.down).kopecks + bracket
    assert told["own_shop"] == sum(wish.line.amount.kopecks for wish in kept if wish.key == "own_shop")
    assert told["outstanding"] == 0 < told["commission"]


def test_every_kind_of_end_is_there(played: Played) -> None:
    told = played.result
    assert (told["applications"], told["funded"], told["releases"]) == (12, 9, 9)
    assert told["by_stage"] == {
        "application": 0, "decision": 0, "signing": 0, "original": 0, "money": 0, "shop": 0, "done": 8, "ended": 4,
    }  # fmt: skip
    assert told["by_state"] == {"cancelled": 2, "closed": 8, "declined": 1, "returned": 1}
    assert set(told["by_lender"]) == {"sandbox-soap", "sandbox-rest"} and set(told["by_way"]) == {
        "branch", "clerk", "courier",
    }  # fmt: skip
    assert (told["visits"], told["empty_visits"]) == (4, 1)
    assert (told["statements"], told["payment_orders"]) == ({"paid": 2}, {"executed": 3})
    assert "12/12" in played.stderr


def test_what_happened_on_the_way_stands_in_the_rows(played: Played) -> None:
    with closing(sqlite3.connect(played.home / "data" / "kvit.db")) as db:
        kinds = {kind for (kind,) in db.execute("SELECT DISTINCT kind FROM loan_events")}
        decided = {tuple(row) for row in db.execute("SELECT lender, state FROM loan_decisions")}
        answered = {by for (by,) in db.execute("SELECT answered_by FROM settlement_statements")}
        debits = [
            db.execute("SELECT count(*) FROM entries WHERE direction = 'out' AND purpose LIKE ?", (like,)).fetchone()[0]
            for like in (_STATEMENT, _RETURN)
        ]
        signers = [json.loads(row[0]) for row in db.execute("SELECT approvals FROM payment_orders")]
    assert {
        "no_answer", "lender_declined", "lender_unknown_status", "cancelled", "visit_empty", "faulty", "resigning",
        "original_rejected", "identity_failed", "goods_returned", "return_paid", "return_kept", "in_force", "closed",
    } <= kinds  # fmt: skip
    assert {("sandbox-soap", "declined"), ("sandbox-rest", "declined"), ("sandbox-rest", "withdrawn")} <= decided
    assert "" in answered and len(answered) == 2, "one shop agreed by word, the other by silence"
    assert debits == [2, 1]
    assert all(len({signer["by"] for signer in two}) == 2 for two in signers)


def test_the_journal_of_that_home_verifies(played: Played) -> None:
    done = played.kvit("journal", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("no passport was checked", "DELETE FROM loan_identity_checks WHERE photo_matches = 1"),
        ("the face was another", "UPDATE loan_identity_checks SET photo_matches = 0"),
        ("money came by a paper", "UPDATE entries SET evidence = 'channel' WHERE direction = 'in'"),
        ("money came later", "UPDATE allocations SET at = '2999-01-01T00:00:00.000000Z'"),
        ("the shop trusts nobody", "UPDATE shops SET trusts_lender = 0"),
        ("the shop's limit was lower", "UPDATE shops SET risk_limit = 100 WHERE risk_limit > 0"),
        ("nothing was ever signed", "UPDATE journal SET kind = 'x' WHERE kind = 'agreement.signed'"),
        ("goods left without a release", "UPDATE journal SET kind = 'x' WHERE kind = 'goods.released'"),
        ("it had ended before", "UPDATE journal SET kind = 'loan.ended' WHERE kind = 'loan.applied'"),
        ("it cooled off longer", "UPDATE journal SET body = replace(body, 'until\":\"2', 'until\":\"9')"),
    ],
)
def test_a_release_without_its_grounds_is_counted(played: Played, tmp_path: Path, what: str, statement: str) -> None:
    before, after = _recounted(played.home, tmp_path, ""), _recounted(played.home, tmp_path, statement)
    assert before[1] == [] and len(after[1]) > 0, what


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("a kopeck of commission", "UPDATE settlement_lines SET fee = fee + 1, net = net - 1, gross = gross"),
        ("a debit line", "UPDATE entries SET amount = amount + 1 WHERE direction = 'out' AND purpose LIKE 'Возврат%'"),
        ("an allocation", "DELETE FROM allocations WHERE id = (SELECT min(id) FROM allocations)"),
        ("a down payment", "UPDATE loan_applications SET down = down + 1 WHERE state = 'closed'"),
        ("a line of the register", "DELETE FROM settlement_lines WHERE gross < 0"),
        ("a price", "UPDATE loan_applications SET goods = goods + 100 WHERE state = 'closed'"),
    ],
)
def test_sums_that_do_not_fit_are_noticed(played: Played, tmp_path: Path, what: str, statement: str) -> None:
    before, after = _recounted(played.home, tmp_path, ""), _recounted(played.home, tmp_path, statement)
    assert before[0] == {key: played.result[key] for key in before[0]}
    assert adds_up(before[0])
    if what == "a kopeck of commission":  # from the shop's share to ours: it adds up, and is owed
        assert after[0]["outstanding"] < 0
    else:
        assert not adds_up(after[0]), what


def test_killed_in_the_middle_it_leaves_a_whole_journal_and_nobody_listening(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "gateway.service.cli", "demo", "--story", "loans", "--once", "--language", "en"]
    process = subprocess.Popen(
        [*command, "--json", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    with process:
        assert process.stderr is not None
        told = "".join(_till(process.stderr, "4/12"))
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert "4/12" in told
    for where in (home / "sandbox" / "bank.json", home / "sandbox" / "lenders" / "lenders.json"):
        with pytest.raises(OSError, match=r"(?i)refused"):
            socket.create_connection(("127.0.0.1", json.loads(where.read_text(encoding="utf-8"))["port"]), 2)
    assert kvit("journal", "verify", home=home).returncode == 0
    with pytest.raises(Refused, match=re.escape(str(home))):
        fresh_home(home)


def _till(lines: Iterator[str], mark: str) -> Iterator[str]:
    for line in lines:
        yield line
        if mark in line:
            return


def _recounted(home: Path, folder: Path, statement: str) -> tuple[dict[str, Any], list[str]]:
    """Figures and wrong releases of a copy in which somebody has changed something."""
    copy = folder / "copy.db"
    shutil.copyfile(home / "data" / "kvit.db", copy)
    with closing(sqlite3.connect(copy)) as db, db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute("PRAGMA ignore_check_constraints = ON")
        if statement:
            assert db.execute(statement).rowcount > 0
    engine = create_engine(f"sqlite:///{copy}")
    try:
        with engine.connect() as connection:
            return figures(connection), Releases(connection).wrong()
    finally:
        engine.dispose()
