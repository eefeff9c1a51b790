"""Single lines: sums, directions, details, Russian particulars, references, dates."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bank.statement import Party, StatementHead, identity
from gateway.core.money import Money, total
from tests.bank.formats.messages import HEAD, items, lines, message, ntry, only_line, tx

# A payment as a Russian bank writes it (layout of a public H2H guide; names and numbers invented)
RUSSIAN = """
<TxDtls>
  <Refs><EndToEndId>8914</EndToEndId></Refs>
  <Amt Ccy="RUR">51.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
  <RltdPties>
    <Dbtr><Nm>АО "ПЛАТЕЛЬЩИК"</Nm><Id><OrgId>
      <Othr><Id>7728168971</Id><SchmeNm><Cd>TXID</Cd></SchmeNm></Othr></OrgId></Id></Dbtr>
    <DbtrAcct><Id><Othr><Id>40702810001850000513</Id></Othr></Id></DbtrAcct>
    <Cdtr><Nm>ООО "РАМКА"</Nm></Cdtr>
    <CdtrAcct><Id><Othr><Id>40702810901300013000</Id></Othr></Id></CdtrAcct>
  </RltdPties>
  <RltdAgts>
    <DbtrAgt><FinInstnId><BICFI>ALFARUMMXXX</BICFI>
      <ClrSysMmbId><ClrSysId><Cd>RUCBC</Cd></ClrSysId><MmbId>044525593</MmbId></ClrSysMmbId>
      <Nm>АО "БАНК" г. Москва</Nm><Othr><Id>30101810200000000593</Id></Othr></FinInstnId></DbtrAgt>
    <IntrmyAgt1><FinInstnId /></IntrmyAgt1>
  </RltdAgts>
  <RmtInf><Ustrd>Оплата по счету № 125 от 20.11.2026. НДС не облагается</Ustrd>
    <Strd><RfrdDocInf><Tp><CdOrPrtry><Prtry>POD</Prtry></CdOrPrtry></Tp><RltdDt>2026-11-20</RltdDt></RfrdDocInf>
      <TaxRmt><Dbtr><TaxTp>772801001</TaxTp></Dbtr></TaxRmt></Strd></RmtInf>
</TxDtls>"""


def test_a_russian_payment_in_windows_1251_has_all_its_particulars() -> None:
    statement = HEAD.replace("RUB", "RUR") + ntry("51.00", details=RUSSIAN, currency="RUR")
    declaration = '<?xml version="1.0" encoding="windows-1251" standalone="yes"?>'
    entry = items(message(statement, version="05", declaration=declaration, encoding="cp1251"))[1]
    assert not isinstance(entry, StatementHead)
    assert entry.counterparty == Party(
        'АО "ПЛАТЕЛЬЩИК"', "7728168971", "772801001", "40702810001850000513", "044525593", 'АО "БАНК" г. Москва'
    )
    assert entry.purpose == "Оплата по счету № 125 от 20.11.2026. НДС не облагается"
    assert (entry.doc_no, entry.doc_date, entry.e2e) == ("8914", date(2026, 11, 20), "8914")
    assert entry.in_roubles and entry.currency == "RUR" and entry.warnings == ()


def test_any_prefix_and_any_version_read_the_same() -> None:
    plain = message(HEAD + ntry(details=RUSSIAN), kind="camt.054", version="02").decode()
    prefixed = plain.replace('xmlns="', 'xmlns:ns9="')
    for end in ("</", "<"):
        prefixed = prefixed.replace(end, end + "ns9:")
    prefixed = prefixed.replace("<ns9:/ns9:", "</ns9:").replace("<ns9:?xml", "<?xml").replace("<ns9:/", "</ns9:")
    assert items(prefixed.replace("</ns9:ns9:", "</ns9:").encode()) == items(plain.encode())


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [("100.00", 10000), ("000000000000100", 10000), ("18.150", 1815), ("5442.09000", 544209), ("0.01", 1)],
)
def test_sums_with_odd_zeros_are_read(text: str, kopecks: int) -> None:
    assert only_line(ntry(text)).amount == Money(kopecks)


@pytest.mark.parametrize("text", ["abc", "-5.00", "1.005", "1e3", "12.3.4", "9" * 40])
def test_an_unreadable_sum_keeps_the_line_with_a_warning(text: str) -> None:
    entry = only_line(ntry(text))
    assert entry.amount == Money.zero()
    assert entry.warnings == ("amount_unreadable",)


def test_a_line_without_any_sum_or_direction_is_kept() -> None:
    entry = only_line(ntry(None, ""))
    assert entry.warnings == ("amount_missing", "direction_missing")
    assert not entry.incoming


@pytest.mark.parametrize(
    ("direction", "reversal", "incoming"),
    [("CRDT", "", True), ("DBIT", "", False), ("DBIT", "true", False), ("CRDT", "1", True), ("CRDT", "false", True)],
)
def test_the_indicator_is_that_of_the_line_itself_also_in_a_reversal(
    direction: str, reversal: str, incoming: bool
) -> None:
    extra = f"<RvslInd>{reversal}</RvslInd>" if reversal else ""
    entry = only_line(ntry(direction=direction, extra=extra))
    assert entry.incoming is incoming
    assert entry.reversal is (reversal in ("true", "1"))


def test_a_reversed_credit_names_its_payer_and_the_reference_it_undoes() -> None:
    refs = "<Refs><AcctSvcrRef>R2</AcctSvcrRef><Prtry><Tp>ORIGINAL</Tp><Ref>R1</Ref></Prtry></Refs>"
    parties = "<RltdPties><Dbtr><Pty><Nm>Payer</Nm></Pty></Dbtr><Cdtr><Pty><Nm>We</Nm></Pty></Cdtr></RltdPties>"
    entry = only_line(ntry(direction="DBIT", extra="<RvslInd>true</RvslInd>", details=tx(inner=refs + parties)))
    assert (entry.ref, entry.original_ref, entry.counterparty.name) == ("R2", "R1", "Payer")


def test_the_other_side_is_never_ourselves() -> None:
    inner = """<RltdPties><Dbtr><Nm>We</Nm></Dbtr>
        <DbtrAcct><Id><Othr><Id>40702810901300013000</Id></Othr></Id></DbtrAcct>
        <Cdtr><Nm>They</Nm></Cdtr><CdtrAcct><Id><IBAN>DE20500105172419259181</IBAN></Id></CdtrAcct></RltdPties>"""
    for direction in ("CRDT", "DBIT"):
        assert only_line(ntry(direction=direction, details=tx(inner=inner))).counterparty.name == "They"


# Several payments in one Ntry


def test_details_that_add_up_become_lines() -> None:
    entries = lines(ntry("300.00", details=tx("100.00") + tx("200.00")))
    assert [(e.amount.kopecks, e.detail_index, e.warnings) for e in entries] == [(10000, 0, ()), (20000, 1, ())]


def test_details_in_two_blocks_are_counted_through() -> None:
    entries = lines(
        f"<Ntry><Amt Ccy='RUB'>3</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls>{tx('1')}</NtryDtls>"
        f"<NtryDtls>{tx('2')}</NtryDtls></Ntry>"
    )
    assert [(e.amount.kopecks, e.detail_index) for e in entries] == [(100, 0), (200, 1)]


def test_a_total_repeated_in_every_detail_gives_way_to_the_single_sums() -> None:
    details = tx("429.56", tx_amount="329.56") + tx("429.56", tx_amount="100.00")
    assert [e.amount.kopecks for e in lines(ntry("429.56", details=details))] == [32956, 10000]


def test_a_total_repeated_without_single_sums_stays_one_line() -> None:
    entry = only_line(ntry("429.56", details=tx("429.56") + tx("429.56")))
    assert (entry.amount.kopecks, entry.warnings) == (42956, ("details_unbalanced",))


def test_details_without_sums_stay_one_line_with_all_purposes() -> None:
    one = "<RmtInf><Ustrd>first</Ustrd></RmtInf>"
    two = "<RmtInf><Ustrd>second</Ustrd></RmtInf>"
    entry = only_line(ntry("10.00", details=tx(inner=one) + tx("3.00", inner=two)))
    assert (entry.amount.kopecks, entry.purpose) == (1000, "first | second")
    assert entry.warnings == ("details_without_amounts",)
    assert entry.counterparty == Party()


def test_charges_that_break_the_sum_keep_the_line_whole() -> None:
    entry = only_line(ntry("99.00", details=tx("50.00") + tx("50.00")))
    assert (entry.amount.kopecks, entry.warnings) == (9900, ("details_unbalanced",))


def test_a_single_detail_with_another_sum_warns_and_gives_way() -> None:
    entry = only_line(ntry("99.00", details=tx("100.00")))
    assert (entry.amount.kopecks, entry.warnings) == (9900, ("detail_amount_differs",))


def test_a_detail_in_the_other_direction_is_subtracted() -> None:
    entries = lines(ntry("80.00", details=tx("100.00", "CRDT") + tx("20.00", "DBIT")))
    assert [(e.amount.kopecks, e.incoming) for e in entries] == [(10000, True), (2000, False)]


def test_details_that_only_mislabel_their_direction_follow_their_line() -> None:
    entries = lines(ntry("30.00", "DBIT", details=tx("10.00", "CRDT") + tx("20.00", "CRDT")))
    assert [(e.amount.kopecks, e.incoming) for e in entries] == [(1000, False), (2000, False)]
    assert all(e.warnings == ("direction_of_details",) for e in entries)


def test_details_in_another_currency_do_not_become_lines() -> None:
    entry = only_line(ntry("300.00", details=tx("100.00", currency="USD") + tx("200.00", currency="USD")))
    assert entry.currency == "RUB" and entry.warnings == ("details_unbalanced",)


def test_foreign_money_is_never_roubles() -> None:
    entry = only_line(ntry("300.00", currency="USD"))
    assert (entry.currency, entry.in_roubles, entry.warnings) == ("USD", False, ("currency_foreign",))


def test_a_line_without_currency_takes_the_accounts() -> None:
    assert only_line("<Ntry><Amt>5</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>").currency == "RUB"


@given(
    parts=st.lists(st.integers(1, 10**9), min_size=2, max_size=6),
    off_by=st.integers(-3, 3),
    kinds=st.lists(st.sampled_from(["amt", "tx", "none"]), min_size=6, max_size=6),
)
def test_lines_always_add_up_to_their_ntry(parts: list[int], off_by: int, kinds: list[str]) -> None:
    stated = Money(max(1, sum(parts) + off_by))
    details = ""
    for kopecks, kind in zip(parts, kinds, strict=False):
        text = Money(kopecks).decimal_text()
        details += {"amt": tx(text), "tx": tx(tx_amount=text), "none": tx()}[kind]
    entries = lines(ntry(stated.decimal_text(), details=details))
    assert total([entry.amount for entry in entries]) == stated
    assert len(entries) in (1, len(parts))


# References, dates, purpose


def test_references_are_read_and_nothing_words_are_nothing() -> None:
    refs = """<Refs><AcctSvcrRef>NOTPROVIDED</AcctSvcrRef><InstrId>NotProvided</InstrId>
        <EndToEndId>NOTPROVIDED</EndToEndId><TxId>T1</TxId><UETR>62e2b511-7313-4ccd-8d40-c9d8e612cd71</UETR></Refs>"""
    extra = "<AcctSvcrRef>R1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd>"
    extra += "</Fmly></Domn><Prtry><Cd>NTRF+177</Cd></Prtry></BkTxCd>"
    entry = only_line("<Ntry><NtryRef>7</NtryRef>" + ntry(extra=extra, details=tx(inner=refs)).removeprefix("<Ntry>"))
    assert (entry.ref, entry.entry_ref, entry.e2e, entry.tx_id, entry.doc_no) == ("R1", "7", "", "T1", "")
    assert entry.code == "PMNT/RCDT/ESCT|NTRF+177"


def test_a_uetr_stands_in_for_a_missing_transaction_id() -> None:
    inner = "<Refs><UETR>62e2b511-7313-4ccd-8d40-c9d8e612cd71</UETR></Refs>"
    assert only_line(ntry(details=tx(inner=inner))).tx_id.startswith("62e2b511")


@pytest.mark.parametrize(
    ("status", "expected"),
    [("<Sts>BOOK</Sts>", "BOOK"), ("<Sts><Cd>PDNG</Cd></Sts>", "PDNG"), ("<Sts><Prtry>XX</Prtry></Sts>", "XX")],
)
def test_the_status_is_read_from_old_and_new_versions(status: str, expected: str) -> None:
    assert only_line(f"<Ntry><Amt Ccy='RUB'>5</Amt><CdtDbtInd>CRDT</CdtDbtInd>{status}</Ntry>").status == expected


def test_booking_dates_are_never_converted_between_zones() -> None:
    entry = only_line(
        ntry(extra="<BookgDt><DtTm>2026-11-21T23:30:00-05:00</DtTm></BookgDt><ValDt><Dt>2026-11-22Z</Dt></ValDt>")
    )
    assert (entry.booked, entry.value) == (date(2026, 11, 21), date(2026, 11, 22))
    assert entry.bank_time == datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def test_an_instant_without_offset_is_the_banks_local_time() -> None:
    dates = "<RltdDts><TxDtTm>2026-11-21T12:16:43.279</TxDtTm></RltdDts>"
    assert only_line(ntry(details=tx(inner=dates))).bank_time == datetime(2026, 11, 21, 9, 16, 43, 279000, UTC)


def test_a_bare_midnight_is_a_date_and_no_instant() -> None:
    entry = only_line(ntry(extra="<BookgDt><DtTm>2026-11-21T00:00:00.000+03:00</DtTm></BookgDt>"))
    assert (entry.booked, entry.bank_time) == (date(2026, 11, 21), None)


def test_an_impossible_date_is_a_warning() -> None:
    entry = only_line(ntry(extra="<BookgDt><Dt>2026-02-30</Dt></BookgDt>"))
    assert entry.booked is None and entry.warnings == ("date_unreadable",)


def test_purposes_longer_than_a_line_run_on_without_a_space() -> None:
    text = "Оплата по счету № " + "1" * 122 + "22 от 20.11.2026"
    lines_ = "".join(f"<Ustrd>{text[i : i + 140]}</Ustrd>" for i in range(0, len(text), 140))
    assert only_line(ntry(details=tx(inner=f"<RmtInf>{lines_}</RmtInf>"))).purpose == text
    apart = "<RmtInf><Ustrd>Счет 125</Ustrd><Ustrd>от 20.11</Ustrd></RmtInf>"
    assert only_line(ntry(details=tx(inner=apart))).purpose == "Счет 125 от 20.11"


def test_without_free_text_the_structured_one_serves_then_the_additional() -> None:
    strd = "<RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf><AddtlRmtInf>info</AddtlRmtInf></Strd></RmtInf>"
    assert only_line(ntry(details=tx(inner=strd))).purpose == "RF18 info"
    ntry_info = ntry(details=tx()).replace("</Ntry>", "<AddtlNtryInf>bank fee</AddtlNtryInf></Ntry>")
    assert only_line(ntry_info).purpose == "bank fee"


def test_inn_without_a_scheme_counts_only_when_its_check_digits_hold() -> None:
    for number, inn in (("7728168971", "7728168971"), ("7728168972", ""), ("455454654", "")):
        inner = f"<RltdPties><Dbtr><Id><PrvtId><Othr><Id>{number}</Id></Othr></PrvtId></Id></Dbtr></RltdPties>"
        assert only_line(ntry(details=tx(inner=inner))).counterparty.inn == inn


# Equal lines


def test_equal_lines_of_one_statement_are_numbered() -> None:
    same = ntry("100.00", extra="<BookgDt><Dt>2026-11-21</Dt></BookgDt>")
    other = ntry("100.01", extra="<BookgDt><Dt>2026-11-21</Dt></BookgDt>")
    assert [e.occurrence for e in lines(same + other + same + same)] == [0, 0, 1, 2]


def test_occurrences_start_anew_in_every_statement_and_survive_rereading() -> None:
    same = ntry("100.00")
    content = message(HEAD + same + same + "</Stmt><Stmt>" + HEAD + same)
    numbers = [item.occurrence for item in items(content) if not isinstance(item, StatementHead)]
    assert numbers == [0, 1, 0]
    assert items(content) == items(content)


def test_pending_and_booked_states_of_a_line_are_not_two_occurrences() -> None:
    booked = ntry(extra="<AcctSvcrRef>R1</AcctSvcrRef>")
    pending = booked.replace("BOOK", "PDNG")
    entries = lines(pending + booked)
    assert [e.occurrence for e in entries] == [0, 0]
    assert identity(entries[0]) == identity(entries[1])


# Heads


def test_balances_after_the_lines_come_in_a_second_head() -> None:
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='RUB'>{}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-21</Dt></Dt></Bal>"
    )
    statement = balance.format("OPBD", "1.00") + ntry() + balance.format("ITBD", "9.00") + ntry()
    first, _, _, second = items(message(HEAD + statement + balance.format("CLBD", "101.00")))
    assert isinstance(first, StatementHead) and isinstance(second, StatementHead)
    assert [b.code for b in first.balances] == ["OPBD"]
    assert [(b.code, b.amount) for b in second.balances] == [("ITBD", Money(900)), ("CLBD", Money(10100))]
    assert first.statement_id == second.statement_id == "S1"


def test_a_head_says_whose_account_it_is_and_when() -> None:
    content = message(
        "<Id>S9</Id><ElctrncSeqNb>325</ElctrncSeqNb><LglSeqNb>9</LglSeqNb><CreDtTm>2026-11-21T18:00:00</CreDtTm>"
        "<FrToDt><FrDtTm>2026-11-21T00:00:00+03:00</FrDtTm><ToDtTm>oops</ToDtTm></FrToDt>"
        "<Acct><Id><IBAN>DE20500105172419259181</IBAN></Id><Ccy>RUB</Ccy><Ownr><Nm>ООО Рамка</Nm></Ownr><Svcr>"
        "<FinInstnId><BICFI>ALFARUMM</BICFI><ClrSysMmbId><MmbId>044525593</MmbId></ClrSysMmbId></FinInstnId></Svcr>"
        "</Acct><Bal><Amt Ccy='RUB'>?</Amt></Bal>"
    )
    (head,) = items(content)
    assert isinstance(head, StatementHead)
    assert (head.number, head.owner, head.bic, head.account) == (
        "325",
        "ООО Рамка",
        "044525593",
        "DE20500105172419259181",
    )
    assert head.created == datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert head.period_from == datetime(2026, 11, 20, 21, tzinfo=UTC) and head.period_to is None
    assert head.warnings == ("balance_unreadable", "date_unreadable")
