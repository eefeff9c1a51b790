"""The evidence of an order let go on a loan: it shows what the release rests on, and claims no absent money."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.loans.model import SigningWay
from gateway.service.config import Config, Home, load_config
from gateway.service.evidence import Packed, pack_evidence
from gateway.service.evidence_standing import fallen
from gateway.service.verifier import verify
from gateway.store.schema import dumps
from gateway.store.schema import journal as journal_table
from tests.flows.loans import ORDER, Trade
from tests.loans.paperwork import PASSPORT
from tests.service.conftest import CREDENTIALS
from tests.service.evidence_stage import Traded, trade


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Traded:
    """A home with the company's key in its vault."""
    return trade(tmp_path_factory.mktemp("installed"))


class Desk:
    """A home beside the loans of `Trade`, whose order is packed.

    Attributes:
        packed: of the last `pack`.
    """

    def __init__(self, home: Path, folder: Path) -> None:
        self.home = Home(home)
        shutil.rmtree(home / "heads")  # of another journal
        config = load_config(self.home)
        company = config.company.model_copy(update={"key": "broker"})
        self.config: Config = config.model_copy(update={"company": company})
        self.trade = Trade(folder)
        self.trade.own_order()

    def pack(self, out: Path) -> tuple[Packed, dict[str, bytes]]:
        packed = pack_evidence(self.home, self.config, self.trade.house.store, ORDER, out)
        with zipfile.ZipFile(out) as archive:
            return packed, {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def desk(installed: Traded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    home = tmp_path / "home"
    shutil.copytree(installed.home, home)
    home.chmod(0o700)
    monkeypatch.setenv(CREDENTIALS, str(installed.credentials))
    made = Desk(home, tmp_path)
    yield made
    made.trade.house.close()


def test_a_release_on_a_signed_loan_is_confirmed_and_says_that_no_money_stands_behind_it(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = desk.trade.settled(SigningWay.CLERK, own=True)
    out = tmp_path / "order.zip"
    packed, files = desk.pack(out)
    assert (packed.holds, packed.lent, packed.messages) == (True, True, ())
    assert verify.main([str(out), "--language", "en"]) == 0
    report = capsys.readouterr().out
    assert "no money stands behind it, and no bank has signed anything here" in report
    assert f"Released on loan agreement {row.number}: passport checked {row.identity_checked_at[:19]} (row " in report
    assert "There are no payments" not in report
    page = files["index.html"].decode()
    assert "no bank's money stands behind it" in page
    assert "the bank's signatures were verified" not in page


def test_nothing_in_it_leads_to_the_buyers_passport(desk: Desk, tmp_path: Path) -> None:
    row = desk.trade.settled(SigningWay.CLERK, own=True)
    _, files = desk.pack(tmp_path / "order.zip")
    records = json.loads(files["evidence.json"])["records"]
    assert records["loan_identity_checks"][0]["number_matches"] == 1
    everything = b"".join(files.values())
    for secret in (PASSPORT, row.passport_hash, "typed_tail", "passport_tail", "Иванов", "+79161231234", "Лесная"):
        assert secret.encode() not in everything


def altered(files: dict[str, bytes], kind: str) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The records, and the journal without its rows of one kind."""
    rows = [json.loads(line) for line in files["journal.jsonl"].decode().splitlines()]
    return json.loads(files["evidence.json"])["records"], [row for row in rows if row["kind"] != kind]


@pytest.mark.parametrize(
    "kind", ["agreement.taken", "agreement.identity_checked", "agreement.signed", "order.released"]
)
def test_without_any_of_the_rows_it_rests_on_it_is_refused(desk: Desk, tmp_path: Path, kind: str) -> None:
    desk.trade.settled(SigningWay.CLERK, own=True)
    _, files = desk.pack(tmp_path / "order.zip")
    report = verify.Report("en")
    verify.check_loans(*altered(files, ""), report)
    assert not report.failed
    with pytest.raises(verify.Bad, match="no journal row bears out agreement"):
        verify.check_loans(*altered(files, kind), report)


def test_a_check_that_failed_or_came_after_the_signature_is_no_check(desk: Desk, tmp_path: Path) -> None:
    desk.trade.settled(SigningWay.CLERK, own=True)
    _, files = desk.pack(tmp_path / "order.zip")
    records, rows = altered(files, "")
    (checked,) = [row for row in rows if row["kind"] == "agreement.identity_checked"]
    kept = dict(checked)
    checked["body"] = str(kept["body"]).replace('"photo_matches":true', '"photo_matches":false')
    with pytest.raises(verify.Bad):
        verify.check_loans(records, rows, verify.Report("en"))
    checked |= kept | {"seq": 10**6}
    with pytest.raises(verify.Bad):
        verify.check_loans(records, rows, verify.Report("en"))


def test_an_agreement_left_out_or_money_claimed_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.trade.settled(SigningWay.CLERK, own=True)
    _, files = desk.pack(tmp_path / "order.zip")
    records, rows = altered(files, "")
    claimed = json.loads(dumps(records))
    claimed["releases"][0]["payment_ids"] = '["01JD4QZX0000000000000000AA"]'
    with pytest.raises(verify.Bad, match="release"):
        verify.check_records(claimed, rows)
    records["loan_agreements"] = []
    with pytest.raises(verify.Bad, match="not in the file"):
        verify.check_loans(records, rows, verify.Report("en"))


def test_the_records_of_a_loan_stand_on_the_journal(desk: Desk) -> None:
    row = desk.trade.settled(SigningWay.BRANCH, own=True)
    desk.trade.lender_pays(row)
    store = desk.trade.house.store
    with store.reading() as connection:
        assert [one for one in fallen(connection) if one.table.startswith(("loan", "releases"))] == []
    desk.trade.put(row.id, transfer=1)
    with store.reading() as connection:
        assert [(one.table, one.why) for one in fallen(connection) if one.table == "loan_agreements"] == [
            ("loan_agreements", "differs")
        ]
        assert connection.execute(journal_table.select().limit(1)).first() is not None
