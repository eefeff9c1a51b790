"""A small firm's open invoices and the people who pay them; every table of purposes is decided against it."""

from __future__ import annotations

from datetime import date

from gateway.core.money import Money
from gateway.matching.decide import Decision, Policy, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import InvoiceCard, MemoryIndex, card

OURS = "7707083893"
ALPHA, BETA, GAMMA, DELTA, ZETA = "7701000019", "5260000019", "6658000018", "7801000012", "5036000010"
EGOROV = "526000000150"
STRANGER = "6312000014"
BANK = "7728168971"
OUR_ACCOUNT = "40702810900000000001"

# payer → (name, ИНН, account)
PAYERS = {
    "alpha": ("ООО «Альфа-Трейд»", ALPHA, "40702810100000000101"),
    "beta": ("ООО «Бета»", BETA, "40702810100000000202"),
    "gamma": ("АО «Гамма Принт»", GAMMA, "40702810100000000303"),
    "delta": ("ООО «Дельта»", DELTA, "40702810100000000404"),
    "zeta": ("ООО ТД «Зета»", ZETA, "40702810100000000505"),
    "egorov": ("ИП Егоров Пётр Ильич", EGOROV, "40802810100000000606"),
    "egorov_no_inn": ("Егоров Петр Ильич (ИП)", "", "40802810100000000606"),
    "egorov_private": ("Егоров Петр Ильич", "", "40817810100000000699"),
    "ivanova": ("Иванова Мария Петровна", "", "40817810100000000707"),
    "ivanova_upper": ("ИВАНОВА МАРИЯ ПЕТРОВНА", "0", "40817810100000000707"),
    "ivanova_transit": (
        "ПАО СБЕРБАНК//ИВАНОВА МАРИЯ ПЕТРОВНА//РОССИЯ, Г МОСКВА, УЛ МИРА, Д 5//",
        BANK,
        "30232810100000000001",
    ),
    "ivanova_initials": ("Иванова М.П.", "", "40817810100000000708"),
    "sber": ("ПАО СБЕРБАНК", BANK, "30232810100000000001"),
    "petrov": ("Петров Олег Юрьевич", "", "40817810100000000808"),
    "stranger": ("ООО «Омега»", STRANGER, "40702810100000000909"),
    "us": ("ООО «Рамка»", OURS, "40702810900000000002"),
}


def _card(
    number: str,
    on: str,
    roubles: str,
    buyer: str,
    state: str = "open",
    *,
    kind: str = "ul",
    inn: str = "",
    order: str = "",
    rest: str | None = None,
) -> InvoiceCard:
    name = PAYERS[buyer][0]
    amount = Money.parse(roubles)
    due = Money.parse(rest) if rest is not None else amount if state == "open" else Money(0)
    accounts = (PAYERS["egorov"][2],) if buyer == "egorov" else ()
    return card(
        f"{buyer}:{number}:{on[:4]}", number, date.fromisoformat(on), amount, due, state,
        buyer_id=buyer, buyer_kind=kind, buyer_name=name, buyer_inn=inn, known_accounts=accounts, order_no=order,
    )  # fmt: skip


def world() -> MemoryIndex:
    """The invoices, fresh."""
    return MemoryIndex(
        [
            _card("125", "2026-11-12", "12500.00", "alpha", inn=ALPHA),
            _card("126", "2026-11-13", "7340.50", "alpha", inn=ALPHA),
            _card("СФ-000131", "2026-11-14", "9990.00", "alpha", inn=ALPHA),
            _card("УТ-118/26", "2026-11-02", "45000.00", "alpha", inn=ALPHA),
            _card("З-204", "2026-11-15", "6150.00", "alpha", inn=ALPHA, order="100204"),
            _card("97", "2026-10-05", "3200.00", "alpha", "paid", inn=ALPHA),
            _card("99", "2026-10-07", "4100.00", "alpha", "cancelled", inn=ALPHA),
            _card("125", "2025-11-20", "8000.00", "alpha", "paid", inn=ALPHA),
            _card("140", "2026-11-10", "15000.00", "beta", inn=BETA),
            _card("141", "2026-11-10", "1000.00", "beta", inn=BETA),
            _card("142", "2026-11-11", "2000.00", "beta", inn=BETA),
            _card("143", "2026-11-11", "3500.00", "beta", inn=BETA),
            _card("88", "2026-09-30", "2750.00", "beta", "paid", inn=BETA),
            _card("150", "2026-11-16", "20345.67", "gamma", inn=GAMMA),
            _card("1507", "2026-11-17", "77000.00", "gamma", inn=GAMMA),
            _card("160", "2026-11-12", "5000.00", "delta", inn=DELTA),
            _card("161", "2026-11-13", "5000.00", "delta", inn=DELTA),
            _card("162", "2026-11-14", "1800.00", "delta", inn=DELTA, rest="800.00"),
            _card("190", "2026-11-01", "1111.00", "zeta", inn=ZETA),
            _card("191", "2026-11-02", "2222.00", "zeta", inn=ZETA),
            _card("170", "2026-11-09", "8800.00", "egorov", kind="ip", inn=EGOROV),
            _card("180", "2026-11-14", "4500.00", "ivanova", kind="fl", order="100180"),
            _card("181", "2026-11-15", "1200.00", "ivanova", kind="fl"),
            _card("182", "2026-11-15", "4500.00", "petrov", kind="fl"),
        ]
    )


POLICY = Policy(own_inns=frozenset({OURS}))


def payment(payer: str, roubles: str, purpose: str, *, number: str = "77", final: bool = True) -> PaymentIn:
    """A payment of one of PAYERS."""
    name, inn, account = PAYERS[payer]
    return PaymentIn(
        id=f"{payer}-{number}", account=OUR_ACCOUNT, payer_name=name, payer_inn=inn, payer_kpp="",
        payer_account=account, amount=Money.parse(roubles), purpose=purpose, doc_no=number, doc_date=date(2026, 11, 20),
        booked=date(2026, 11, 20), final=final,
    )  # fmt: skip


def decided(payer: str, roubles: str, purpose: str) -> Decision:
    """The decision on one payment in the fresh world."""
    return decide(read_facts(payment(payer, roubles, purpose)), world(), POLICY, MemoryDuplicates())


def numbers(decision: Decision) -> str:
    """The numbers of the invoices allocated to, in order: "125 126"."""
    return " ".join(sorted(i.split(":")[1] for i, _ in decision.allocations))
