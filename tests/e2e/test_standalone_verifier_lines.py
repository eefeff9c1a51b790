"""verify.py on the lines of a signed statement: what is a payment's proof, and for how many payments."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

import pytest

from gateway.bank.formats import camt as camt_format
from gateway.bank.formats import clientbank_statement
from gateway.bank.statement import Entry, StatementHead
from gateway.core.errors import Corrupt, Refused
from gateway.service.verifier import verify
from tests.e2e.forgery import texts
from tests.standards import need

ACCOUNT = "40702810900000000002"
ENTRY: dict[str, Any] = {
    "id": "E1", "message_id": "m", "account": ACCOUNT, "booked": "2026-11-21", "currency": "RUB", "status": "BOOK",
    "amount": 1_098_000, "direction": "in", "reversal": 0, "party_name": "ООО «Багет»", "party_inn": "7728168971",
    "party_account": "40702810900000000001", "purpose": "Оплата по счёту СР-001031",
    "ref": "KS-0000000001", "entry_ref": "", "e2e": "", "tx_id": "", "doc_no": "17",
}  # fmt: skip
SECOND = {**ENTRY, "id": "E2"}


def operation(
    *, ref: str = "KS-0000000001", stamp: str = "", side: str = "2", payer: str = ENTRY["party_account"]
) -> str:
    state = f"<Stamp><Status><Code>{stamp}</Code></Status></Stamp>" if stamp else ""
    return (
        f"<OperationInfo><PayDoc id='{ref}' docKind='10'><PayDocRu><DocNo>17</DocNo><Sum>10980.00</Sum>"
        f"<Payer><Name>ООО «Багет»</Name><INN>7728168971</INN><Account>{payer}</Account></Payer>"
        "<Purpose>Оплата по счёту СР-001031</Purpose></PayDocRu></PayDoc>"
        f"<DC>{side}</DC><Date>2026-11-21Z</Date>{state}</OperationInfo>"
    )


def directbank(*operations: str, account: str = ACCOUNT, kind: str = "0") -> bytes:
    return (
        "<Statement xmlns='http://directbank.1c.ru/XMLSchema'><Data>"
        f"<StatementType>{kind}</StatementType><Account>{account}</Account>{''.join(operations)}</Data></Statement>"
    ).encode()


def detail(amount: str = "10980.00", *, ref: str = "KS-0000000001", returned: str = "", inner: str = "") -> str:
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{ref}</AcctSvcrRef></Refs>{inner}<AmtDtls><TxAmt>"
        f"<Amt Ccy='RUB'>{amount}</Amt></TxAmt></AmtDtls>"
        "<RltdPties><Dbtr><Nm>ООО «Багет»</Nm><Id><OrgId><Othr><Id>7728168971</Id></Othr></OrgId></Id></Dbtr>"
        "<DbtrAcct><Id><Othr><Id>40702810900000000001</Id></Othr></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>Оплата по </Ustrd><Ustrd>счёту СР-001031</Ustrd></RmtInf>{returned}</TxDtls>"
    )


def ntry(
    *details: str, amount: str = "10980.00", currency: str = "RUB", status: str = "<Cd>BOOK</Cd>", more: str = "",
    side: str = "CRDT", day: str = "2026-11-21", number: int = 1,
) -> str:  # fmt: skip
    return (
        f"<Ntry><NtryRef>{number}</NtryRef><Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}"
        f"<Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls>{''.join(details)}</NtryDtls></Ntry>"
    )


def camt(*entries: str, account: str = ACCOUNT, kind: str = "Stmt") -> bytes:
    return (
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmr><{kind}>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>{''.join(entries)}</{kind}></BkToCstmr></Document>"
    ).encode()


BANK_TEXT = (
    f"1CClientBankExchange\r\nРасчСчет={ACCOUNT}\r\nСекцияДокумент=Платежное поручение\r\nНомер=17\r\n"
    "Дата=20.11.2026\r\nСумма=10980.00\r\n"
    "Плательщик1=ООО «Багет»\r\nПлательщикИНН=7728168971\r\nПлательщикСчет=40702810900000000001\r\n"
    f"ПолучательСчет={ACCOUNT}\r\nДатаПоступило=21.11.2026\r\nНазначениеПлатежа=Оплата по счёту СР-001031\r\n"
    "КонецДокумента\r\n"
)
MT940 = (
    f":20:S\r\n:25:{ACCOUNT}\r\n:60F:C261120RUB1,00\r\n:61:2611211121C10980,00NTRF17//17\r\n"
    ":86:ООО «Багет» 7728168971 40702810900000000001\r\nОплата по счёту СР-001031\r\n"
    ":61:2611211121C1,00NTRF18//18\r\n:62F:C261121RUB1,00\r\n"
)
BY_NUMBER = {"ref": "17"}  # these formats carry the document's number and no id of the bank's


def wrong(content: bytes | Sequence[bytes], *entries: dict[str, Any], **messages: Sequence[bytes]) -> dict[str, str]:
    """Reasons by entry; message m has `content`."""
    documents = [content] if isinstance(content, bytes) else list(content)
    told = {"m": documents, **messages}
    return verify.check_entries(entries or (ENTRY,), {id: verify.Message(id, list(d)) for id, d in told.items()})


@pytest.mark.parametrize(
    ("content", "change"),
    [
        (directbank(operation()), {}),
        (camt(ntry(detail())), {}),
        (camt(ntry(detail(), status="BOOK")), {}),  # versions before .04
        (BANK_TEXT.encode("cp1251"), BY_NUMBER),
        (BANK_TEXT.encode("utf-8-sig"), BY_NUMBER),
        (MT940.encode(), BY_NUMBER),
    ],
    ids=["directbank", "camt", "old camt", "1c-text", "1c-text with a mark", "mt940"],
)
def test_a_record_follows_from_the_signed_line(content: bytes, change: dict[str, Any]) -> None:
    assert wrong(content, {**ENTRY, **change}) == {}
    assert "bears out another payment" in wrong(content, {**ENTRY, **change}, {**SECOND, **change})["E2"]


@pytest.mark.parametrize("content", [directbank(operation()), camt(ntry(detail()))], ids=["directbank", "camt"])
@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1_098_001},
        {"amount": 1_700},  # the document's number
        {"party_name": "ООО «Рама»"},
        {"party_name": "Багет"},  # part of the name
        {"party_inn": "7729500100"},
        {"party_account": "40702810900000000009"},
        {"purpose": "Аренда"},
        {"purpose": "счёту СР-001031, второй"},
        {"purpose": "СР-001031"},  # words taken out of a purpose may mean the opposite
        {"ref": "KS-0000000002"},
        {"account": "40702810900000000009"},
        {"booked": "2026-11-22"},
    ],
)
def test_a_record_of_anything_else_does_not(content: bytes, change: dict[str, Any]) -> None:
    assert "no line of the signed statement" in wrong(content, {**ENTRY, **change})["E1"]


@pytest.mark.parametrize(
    "change", [{"direction": "out"}, {"reversal": 1}, {"status": "PDNG"}, {"status": "INFO"}, {"currency": "USD"}]
)
def test_a_record_that_is_no_payment_is_none(change: dict[str, Any]) -> None:
    assert "not of booked money that came in" in wrong(camt(ntry(detail())), {**ENTRY, **change})["E1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (camt(ntry(detail(), status="<Cd>PDNG</Cd>")), "only announced it"),
        (camt(ntry(detail(), status="PDNG")), "only announced it"),
        (camt(ntry(detail(), status="<Cd>INFO</Cd>"), kind="Rpt"), "only announced it"),
        (camt(ntry(detail(), status="<Prtry>BOOKED?</Prtry>")), "only announced it"),
        (camt(ntry(detail(), more="<RvslInd>true</RvslInd>")), "a reversal"),
        (camt(ntry(detail(returned="<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>"))), "our own payment coming back"),
        (camt(ntry(detail(), side="DBIT")), "it went out"),
        (camt(ntry(detail(), side="")), "it went out"),
        (camt(ntry(detail()), account="40702810900000000009"), "it is of account 40702810900000000009"),
        (camt(ntry(detail(), day="2026-11-20")), "it is of 2026-11-20"),
        (camt(ntry(detail(), currency="USD")), "no line of the signed statement says so"),
        (directbank(operation(stamp="01")), "only announced it"),
        (directbank(operation(stamp="03")), "only announced it"),
        (directbank(operation(stamp="04")), "only announced it"),
        (directbank(operation(side="1")), "it went out"),
        (directbank(operation(), account="40702810900000000009"), "it is of account 40702810900000000009"),
        (directbank(operation(), account="40702840900000000002"), "no line of the signed statement says so"),
        (MT940.replace("C10980", "RC10980").encode(), "no line of the signed statement says so"),
        (MT940.replace("RUB", "EUR").encode(), "no line of the signed statement says so"),
        (BANK_TEXT.replace(f"ПолучательСчет={ACCOUNT}", "ПолучательСчет=1").encode(), "no line of the signed"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_booked_payment_to_us_proves_none(content: bytes, said: str) -> None:
    entry = {**ENTRY, **BY_NUMBER} if not content.startswith(b"<") else ENTRY
    assert said in wrong(content, entry)["E1"]


def test_money_of_our_own_that_came_back_is_nobodys_payment() -> None:
    returned = directbank(operation(payer=ACCOUNT))
    assert "our own payment coming back" in wrong(returned, {**ENTRY, "party_account": ACCOUNT})["E1"]


def test_an_executed_line_of_an_interim_statement_is_booked() -> None:
    assert wrong(directbank(operation(stamp="02"), kind="1")) == {}


def test_one_line_is_one_payment() -> None:
    assert list(wrong(camt(ntry(detail())), ENTRY, SECOND)) == ["E2"]


def test_two_equal_lines_are_two_payments() -> None:
    content = camt(ntry(detail(), number=1), ntry(detail(), number=2))
    assert wrong(content, ENTRY, SECOND) == {}
    assert list(wrong(content, ENTRY, SECOND, {**ENTRY, "id": "E3"})) == ["E3"]


@pytest.mark.parametrize(
    "again",
    [
        camt(ntry(detail())),  # the same statement once more
        camt(ntry(detail(), number=9), kind="Ntfctn"),  # the day's notification of the same line
    ],
)
def test_a_line_delivered_twice_is_still_one_payment(again: bytes) -> None:
    second = {**SECOND, "message_id": "n"}
    assert "bears out another payment" in wrong(camt(ntry(detail())), ENTRY, second, n=[again])["E2"]


def test_a_line_without_an_id_is_known_by_its_text_when_delivered_twice() -> None:
    plain = {**ENTRY, "ref": "", "doc_no": ""}
    first, again = (camt(ntry(detail(ref=""), number=n)) for n in (1, 5))
    assert list(wrong(first, plain, {**plain, "id": "E2", "message_id": "n"}, n=[again])) == ["E2"]


def test_a_line_without_an_id_is_one_payment_however_it_is_worded() -> None:
    """The day's report has no id of the bank's, says less or more than the statement, and DirectBank has its own id."""
    plain = {**ENTRY, "ref": "", "doc_no": ""}
    second = {**plain, "id": "E2", "message_id": "n"}
    report = camt(ntry(detail(ref=""), more="<AddtlNtryInf>intraday</AddtlNtryInf>"), kind="Rpt")
    final = camt(ntry(detail(ref="")))
    for again in (report, directbank(operation(ref="12")), directbank(operation(ref="AB-0000000077"))):
        assert "bears out another payment" in wrong(final, plain, second, n=[again])["E2"]
        nowhen = {**second, "booked": None}
        assert "bears out another payment" in wrong(final, plain, nowhen, n=[again])["E2"]


@pytest.mark.parametrize("channels", [("bxd:one", "directbank:one"), ("bxd:one", "bxd:one")])
def test_ids_are_told_apart_within_one_channel_only(channels: tuple[str, str]) -> None:
    first, again = camt(ntry(detail())), camt(ntry(detail(ref="AB-0000000077")), kind="Ntfctn")
    second = {**SECOND, "message_id": "n", "ref": "AB-0000000077"}
    told = {
        id: verify.Message(id, [content], [], channel)
        for id, content, channel in zip("mn", (first, again), channels, strict=True)
    }
    found = verify.check_entries([ENTRY, second], told)
    assert list(found) == ([] if channels[0] == channels[1] else ["E2"])


def test_two_lines_of_the_richest_statement_are_two_payments_and_no_third() -> None:
    plain = {**ENTRY, "ref": "", "doc_no": ""}
    final = camt(ntry(detail(ref=""), number=1), ntry(detail(ref=""), number=2))
    report = camt(ntry(detail(ref=""), more="<AddtlNtryInf>intraday</AddtlNtryInf>"), kind="Rpt")
    others = [{**plain, "id": "E2"}, {**plain, "id": "E3", "message_id": "n"}]
    assert list(wrong(final, plain, *others, n=[report])) == ["E3"]


def test_a_signed_document_put_into_a_packet_twice_does_not_double_its_lines() -> None:
    """Nobody signs the packet: whoever packs it may repeat a document of it."""
    content = directbank(operation())
    assert list(wrong([content, content], ENTRY, SECOND)) == ["E2"]


def test_lines_of_two_days_are_two_payments() -> None:
    next_day = camt(ntry(detail(ref="KS-0000000002"), day="2026-11-22"))
    other = {**SECOND, "message_id": "n", "ref": "KS-0000000002", "booked": "2026-11-22"}
    assert wrong(camt(ntry(detail())), ENTRY, other, n=[next_day]) == {}


def test_a_line_is_left_to_the_record_that_needs_it() -> None:
    """The first record fits both lines, the second only one of them."""
    both = camt(ntry(detail(), number=1), ntry(detail(), number=2, more="<AcctSvcrRef>KS-0000000002</AcctSvcrRef>"))
    vague = {**ENTRY, "ref": "", "doc_no": ""}
    for entries in ((vague, {**SECOND, "ref": "KS-0000000002"}), ({**SECOND, "ref": "KS-0000000002"}, vague)):
        assert wrong(both, *entries) == {}


THIRDS = tuple(detail("3660.00", ref=f"KS-00000000{n}") for n in (11, 12, 13))
PART = {**ENTRY, "amount": 366_000, "ref": "KS-0000000011"}


class TestBatch:
    """Several details of one Ntry: a payment each, if their sums make up the whole."""

    def test_each_detail_is_a_payment_and_the_whole_is_none(self) -> None:
        batch = camt(ntry(*THIRDS))
        others = [{**PART, "id": f"E{n}", "ref": f"KS-00000000{n}"} for n in (12, 13)]
        assert wrong(batch, PART, *others) == {}
        assert list(wrong(batch, PART, {**PART, "id": "E2"})) == ["E2"]
        assert list(wrong(batch, {**ENTRY, "ref": "KS-0000000011"})) == ["E1"]

    def test_details_that_do_not_make_up_the_whole_are_no_payments(self) -> None:
        batch = camt(ntry(*THIRDS, amount="3660.00"))
        assert wrong(batch, PART) == {}, "the whole"
        assert list(wrong(batch, PART, {**PART, "id": "E2", "ref": "KS-0000000012"})) == ["E2"]

    def test_a_line_without_a_sum_of_its_own_is_its_details(self) -> None:
        whole = texts([("<Amt Ccy='RUB'>10980.00</Amt><Cdt", "<Cdt")], camt(ntry(*THIRDS)))
        others = [{**PART, "id": f"E{n}", "ref": f"KS-00000000{n}"} for n in (12, 13)]
        assert wrong(whole, PART, *others) == {}
        assert list(wrong(whole, PART, {**PART, "id": "E2"})) == ["E2"]

    def test_a_detail_that_went_out_is_no_payment(self) -> None:
        out = detail("3660.00", ref="KS-0000000012", inner="<CdtDbtInd>DBIT</CdtDbtInd>")
        batch = camt(ntry(detail("3660.00", ref="KS-0000000011"), out, amount="0.00"))
        assert wrong(batch, PART) == {}
        assert "it went out" in wrong(batch, {**PART, "ref": "KS-0000000012"})["E1"]


@pytest.mark.parametrize(
    "content",
    [
        b"<Other xmlns='urn:x'><Data><Account>40702810900000000002</Account>"
        + operation().encode()
        + b"</Data></Other>",
        directbank("<Note>", operation(), "</Note>"),
        camt(f"<SplmtryData>{ntry(detail())}</SplmtryData>"),
        b"<Wrapped>" + camt(ntry(detail())) + b"</Wrapped>",
        b"<a/>",
        b"hello",
    ],
)
def test_lines_anywhere_else_than_in_a_statement_are_none(content: bytes) -> None:
    assert "no line of the signed statement" in wrong(content)["E1"]


@pytest.mark.parametrize(
    ("folder", "read"),
    [
        ("iso20022/samples", camt_format.read),
        ("directbank/clientbank-text", clientbank_statement.read),
    ],
)
def test_recorded_statements_bear_out_what_kvit_reads_in_them(
    folder: str, read: Callable[[BinaryIO], Iterator[StatementHead | Entry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two readers that share no code; most of the recorded statements are in other currencies."""
    monkeypatch.setattr(verify, "in_roubles", lambda account, currency: True)
    borne_out = 0
    for file in sorted(f for f in need(folder).rglob("*") if f.is_file()):
        content = file.read_bytes()
        try:
            items = list(read(io.BytesIO(content)))
        except (Corrupt, Refused):
            continue  # of another format
        records: list[dict[str, Any]] = []
        account = ""
        for item in items:
            if isinstance(item, StatementHead):
                account = item.account
            elif item.status == "BOOK" and item.incoming and item.amount and not undone(item):
                records.append(record_of(item, account, len(records)))
        assert not records or wrong(content, *records) == {}, file.name
        borne_out += len(records)
    assert borne_out, "nothing was read"


def undone(line: Entry) -> bool:
    return line.reversal or "returned" in line.warnings


def record_of(line: Entry, account: str, number: int) -> dict[str, Any]:
    """What would stand on record of a line."""
    party = line.counterparty
    return {
        **ENTRY, "id": str(number), "account": account, "amount": line.amount.kopecks,
        "booked": line.booked.isoformat() if line.booked else None, "party_name": party.name,
        "party_inn": party.inn, "party_account": party.account, "purpose": line.purpose, "ref": line.ref,
        "entry_ref": line.entry_ref, "e2e": line.e2e, "tx_id": line.tx_id, "doc_no": line.doc_no,
    }  # fmt: skip
