"""Payouts of partners: explained to the kopeck by a registry that came before or after, or a person's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.flows import by_hand, paid_to_pick, registries, second_look
from gateway.flows.from_1c import take_file
from gateway.flows.paid_to_pick import judge
from gateway.flows.registries import Arrived
from gateway.flows.second_look import decide_again
from gateway.flows.terms import Terms
from gateway.matching.decision import Decision
from gateway.matching.tables import allocations, decisions
from gateway.onec import read_file
from gateway.onec.model_documents import CommerceML
from gateway.orders.model import Buyer
from gateway.orders.references import put_references
from gateway.orders.tables import invoices, orders
from gateway.payments.registries import lookup
from gateway.payments.registries.mapping import ColumnMapping, Place
from gateway.payments.registries.tables import payout_registries, payout_registry_lines, registry_mappings
from gateway.payments.tables import payments
from gateway.store import Unit
from gateway.tasks.tables import tasks
from tests.flows.shop import ACCOUNTANT, DIRECTOR, TERMS, Shop
from tests.flows.test_from_1c import HEAD, document, invoice_of
from tests.payments.registries.files import dbf, workbook

ACQUIRER = Buyer("acq", "ul", "ПАО Эквайер", "7700000122")
POST = Buyer("post", "ul", "АО Почта России", "7724490000")
LENDER = Buyer("loan", "ul", "ООО МФК Рассрочка", "7700000203")
MARKET = Buyer("mp", "ul", "ООО Площадка", "7700000310")
PARTNERS = {ACQUIRER.inn: "acquirer", POST.inn: "post", LENDER.inn: "loan", MARKET.inn: "marketplace"}
PAYING = replace(TERMS, policy=replace(TERMS.policy, payout_partners=PARTNERS))
BY_ORDER = ColumnMapping(
    key=("Заказ",),
    kind=Reference.ORDER,
    amount="Сумма",
    fee="Комиссия",
    number=Place(heading=r"реестр № (\S+)"),
    date=Place(heading=r"от (\d\d\.\d\d\.\d{4})"),
    net=r"к перечислению (\S+)",
)
TEXT = "Возмещение по эквайрингу, реестр № {number} от 18.11.2026"


def csv(*lines: tuple[str, int, int], number: str = "105", net: int | None = None) -> bytes:
    """(order, kopecks, fee) each; `net` is stated when given."""
    rows = [f"Реестр № {number} от 18.11.2026", "Заказ;Сумма;Комиссия"]
    rows += [f"{order};{paid / 100:.2f};{fee / 100:.2f}".replace(".", ",") for order, paid, fee in lines]
    if net is not None:
        rows.append(f"Итого;{sum(paid for _, paid, _ in lines) / 100:.2f};")
        rows.append(f"К перечислению;{net / 100:.2f}")
    return "\r\n".join(rows).encode("cp1251")


SOUND = csv(("1001", 150_000, 2_000), ("1002", 250_000, 3_000), net=395_000)


def arrive(
    shop: Shop, data: bytes, partner: Buyer = ACQUIRER, mapping: ColumnMapping | None = BY_ORDER, name: str = "r.csv"
) -> Arrived:
    with shop.store.unit(ACCOUNTANT) as unit:
        arrived = registries.receive(unit, PAYING, partner.inn, name, data, mapping)
        unit.commit()
    return arrived


def pay(shop: Shop, kopecks: int, number: str = "105", payer: Buyer = ACQUIRER, text: str = TEXT) -> str:
    shop.deliver(shop.line(kopecks, text.format(number=number), payer=payer), terms=PAYING)
    return str(shop.rows(payments)[-1].id)  # type: ignore[attr-defined]


def two_orders(shop: Shop) -> None:
    shop.goods("a", main=50)
    shop.order("1001", {"a": 1}, price=150_000)
    shop.order("1002", {"a": 1}, price=250_000)


def state_of(shop: Shop, payment_id: str) -> tuple[str, str, int]:
    [row] = shop.rows(payments, id=payment_id)
    return row.state, row.outcome, row.allocated  # type: ignore[attr-defined]


def registry_states(shop: Shop) -> list[tuple[str, str | None]]:
    return [(row.state, row.payment_id) for row in shop.rows(payout_registries)]  # type: ignore[attr-defined]


def reasons(shop: Shop, payment_id: str) -> str:
    return str(shop.rows(decisions, payment_id=payment_id)[-1].reasons)  # type: ignore[attr-defined]


def paid_orders(shop: Shop) -> list[str]:
    return [row.number for row in shop.rows(orders) if row.pay_state == "paid"]  # type: ignore[attr-defined]


def test_a_payout_that_waited_is_judged_once_when_its_registry_comes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_orders(shop)
    payment = pay(shop, 395_000)
    judged: list[str] = []

    def counting(unit: Unit, terms: Terms, payment_id: str) -> Decision:
        judged.append(payment_id)
        return judge(unit, terms, payment_id)

    monkeypatch.setattr(paid_to_pick, "judge", counting)
    monkeypatch.setattr(second_look, "judge", counting)
    assert arrive(shop, SOUND).decided == 1
    assert judged == [payment]


@pytest.mark.parametrize("first", ["registry", "payment"])
def test_an_acquirers_payout_is_explained_whichever_comes_first(shop: Shop, first: str) -> None:
    two_orders(shop)
    if first == "registry":
        assert arrive(shop, SOUND).decided == 0
        payment = pay(shop, 395_000)
    else:
        payment = pay(shop, 395_000)
        assert state_of(shop, payment)[:2] == ("needs_person", "payout_unexplained")
        assert "registry_missing" in reasons(shop, payment)
        assert arrive(shop, SOUND).decided == 1
    assert state_of(shop, payment) == ("auto", "registry", 395_000)
    assert registry_states(shop) == [("used", payment)]
    assert paid_orders(shop) == ["1001", "1002"]
    credited = sum(row.amount for row in shop.rows(allocations, undone=0))  # type: ignore[attr-defined]
    [decision] = [row for row in shop.rows(decisions) if row.kind == "auto"]  # type: ignore[attr-defined]
    assert credited == 395_000 + decision.fee == 400_000  # type: ignore[attr-defined]
    open_reviews = [t for t in shop.rows(tasks, payment_id=payment) if t.state == "new"]  # type: ignore[attr-defined]
    assert open_reviews == []


def test_the_post_pays_by_track_numbers_that_came_after_the_order(shop: Shop) -> None:
    shop.goods("a", main=50)
    order_id = shop.order("2001", {"a": 1}, price=120_000)
    table = dbf(("SHPI", "SUMMA", "TARIF"), [("14102192069353", "1200.00", "36.00")])
    mapping = ColumnMapping(
        key=("SHPI",), kind=Reference.TRACK, amount="SUMMA", fee="TARIF",
        number=Place(file_name=r"(\d+)_"), date=Place(file_name=r"_(\d{8})"),
    )  # fmt: skip
    arrive(shop, table, POST, mapping, "77_20261118.dbf")
    payment = pay(shop, 116_400, "77", POST, "Наложенный платёж по реестру № {number} от 18.11.2026")
    assert "14102192069353" in reasons(shop, payment) and "matching.registry_line" in reasons(shop, payment)
    with shop.store.unit(ACCOUNTANT) as unit:
        assert put_references(unit, order_id, "", "14102192069353")
        assert not put_references(unit, order_id, "", "14102192069353")
        assert decide_again(unit, PAYING) == 1
        unit.commit()
    assert state_of(shop, payment) == ("auto", "registry", 116_400)
    assert paid_orders(shop) == ["2001"]


def requisite(name: str, text: str) -> str:
    value = f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{text}</Значение></ЗначениеРеквизита>"
    return f"<ЗначенияРеквизитов>{value}</ЗначенияРеквизитов>"


@pytest.mark.parametrize("name", ["Трек-номер", "ТрекНомер", "ШПИ", "Почтовый идентификатор"])
def test_1c_names_the_parcel_when_it_is_posted_and_the_post_has_paid_by_then(shop: Shop, name: str) -> None:
    def from_1c(*documents: str) -> int:
        content = read_file((HEAD + "".join(documents) + "</КоммерческаяИнформация>").encode(), "orders.xml").content
        assert isinstance(content, CommerceML)
        return take_file(shop.store, PAYING, content).decided

    shop.goods("a4", main=10)
    from_1c(document("СР-101"))
    from_1c(invoice_of("o-СР-101", "77"))
    table = dbf(("SHPI", "SUMMA"), [("14102192069353", "2000.00")])
    mapping = ColumnMapping(
        key=("SHPI",), kind=Reference.TRACK, amount="SUMMA",
        number=Place(file_name=r"(\d+)_"), date=Place(file_name=r"_(\d{8})"),
    )  # fmt: skip
    arrive(shop, table, POST, mapping, "77_20261118.dbf")
    payment = pay(shop, 200_000, "77", POST, "Наложенный платёж по реестру № {number} от 18.11.2026")
    assert state_of(shop, payment)[0] == "needs_person"
    assert from_1c(document("СР-101", values=requisite(name, "14102192069353"))) == 1
    assert state_of(shop, payment) == ("auto", "registry", 200_000)
    tracks = {row.number: (row.track, row.state) for row in shop.rows(invoices)}  # type: ignore[attr-defined]
    assert tracks == {"СР-101": ("14102192069353", "cancelled"), "77": ("14102192069353", "paid")}


def test_1c_names_the_lenders_application_with_the_order_and_its_invoice_inherits_it(shop: Shop) -> None:
    shop.goods("a4", main=10)
    order = document("СР-101", values=requisite("Номер заявки банка", "70000201"))
    for documents in (order, invoice_of("o-СР-101", "77")):
        content = read_file((HEAD + documents + "</КоммерческаяИнформация>").encode(), "orders.xml").content
        assert isinstance(content, CommerceML)
        take_file(shop.store, PAYING, content)
    payment = pay(shop, 200_000, "", LENDER, "Кредитные средства по заявке 70000201")
    assert state_of(shop, payment) == ("auto", "loans_listed", 200_000)


def test_a_lender_pays_by_loan_numbers(shop: Shop) -> None:
    shop.goods("a", main=50)
    order_id = shop.order("3001", {"a": 1}, price=400_000)
    with shop.store.unit() as unit:
        put_references(unit, order_id, "70000201", "")
        unit.commit()
    xml = (
        '<Реестр Номер="17" Дата="2026-11-18"><КПеречислению>3980.00</КПеречислению>'
        '<Заявка Кредит="70000201" Сумма="4000.00"/></Реестр>'
    )
    mapping = ColumnMapping(
        key=("Кредит",), kind=Reference.LOAN, amount="Сумма", element="Заявка",
        number=Place(heading=r"^Номер (\S+)"), date=Place(heading=r"^Дата (\S+)"), net=r"^КПеречислению (\S+)",
    )  # fmt: skip
    arrive(shop, f'<?xml version="1.0" encoding="windows-1251"?>{xml}'.encode("cp1251"), LENDER, mapping, "17.xml")
    payment = pay(shop, 398_000, "17", LENDER, "Перечисление по реестру № {number} от 18.11.2026")
    assert state_of(shop, payment) == ("auto", "registry", 398_000)


def test_a_marketplace_pays_by_orders_less_its_reward(shop: Shop) -> None:
    two_orders(shop)
    book = workbook(
        (
            ("Отчёт о выплате № 77",),
            ("Дата выплаты:", date(2026, 11, 18)),
            ("Заказ", "Цена", "Вознаграждение"),
            (1001, 1500.0, -225.0),
            (1002, 2500.0, -375.5),
            ("Итого", 4000.0, -600.5),
        )
    )
    mapping = ColumnMapping(
        key=("Заказ",), kind=Reference.ORDER, amount="Цена", fee="Вознаграждение", fee_negative=True,
        number=Place(heading=r"выплате № (\d+)"), date=Place(heading=r"Дата выплаты: (\S+)"),
    )  # fmt: skip
    payment = pay(shop, 339_950, "77", MARKET, "Выплата по отчёту № {number} от 18.11.2026")
    assert arrive(shop, book, MARKET, mapping, "77.xlsx").decided == 1
    assert state_of(shop, payment) == ("auto", "registry", 339_950)


@pytest.mark.parametrize(
    ("data", "kopecks", "code"),
    [
        (SOUND, 394_999, "matching.registry_differs"),
        (csv(("1001", 150_000, 2_000), ("1002", 250_000, 3_000), net=394_999), 394_999, "matching.registry_fee"),
        (csv(("1001", 150_000, 0), ("9999", 100_000, 0)), 250_000, "matching.registry_line"),
        (csv(("1001", 150_001, 0)), 150_001, "matching.registry_above"),
        (csv(("1001", 70_000, 0), ("1001", 80_000, 0)), 150_000, "matching.registry_twice"),
        (csv(("1001", 150_000, 0), ("1002", -50_000, 0)), 100_000, "matching.registry_refund"),
        (SOUND.replace(b"1500,00", b"15x0,00"), 395_000, "matching.registry_bad_rows"),
    ],
)
def test_what_does_not_add_up_goes_to_a_person_with_the_difference(
    shop: Shop, data: bytes, kopecks: int, code: str
) -> None:
    two_orders(shop)
    payment = pay(shop, kopecks)
    assert arrive(shop, data).decided == 0
    assert state_of(shop, payment) == ("needs_person", "payout_unexplained", 0)
    assert f'"{code}"' in reasons(shop, payment)
    assert registry_states(shop) == [("waiting", None)] and not shop.rows(allocations)


def test_the_lines_that_fit_are_offered_and_a_person_may_take_them(shop: Shop) -> None:
    two_orders(shop)
    data = csv(("1001", 150_000, 2_000), ("1002", 250_000, 3_000), ("9999", 1_000, 0))
    payment = pay(shop, 396_000)
    arrive(shop, data)
    [invoice_1, invoice_2] = [row.id for row in shop.rows(invoices)]  # type: ignore[attr-defined]
    parts = [(invoice_1, Money(150_000)), (invoice_2, Money(250_000))]
    suggestions = str(shop.rows(decisions, payment_id=payment)[-1].suggestions)  # type: ignore[attr-defined]
    assert invoice_1 in suggestions and invoice_2 in suggestions and '"difference":1000' in suggestions
    with shop.store.unit(ACCOUNTANT) as unit:  # 4 000.00 of 3 960.00: the difference is the partner's fee
        by_hand.allocate(unit, PAYING, payment, parts)
        unit.commit()
    assert state_of(shop, payment) == ("manual", "manual", 396_000)
    assert registry_states(shop) == [("used", payment)]
    assert shop.rows(decisions, payment_id=payment)[-1].fee == 4_000  # type: ignore[attr-defined]


def test_a_payout_whose_text_names_no_registry_is_offered_the_one_of_its_sum(shop: Shop) -> None:
    two_orders(shop)
    payment = pay(shop, 395_000, text="Возмещение по эквайрингу")
    arrive(shop, SOUND)
    assert state_of(shop, payment) == ("needs_person", "payout_unexplained", 0)
    last = shop.rows(decisions, payment_id=payment)[-1]
    assert "registry_unquoted" in last.reasons and '"difference":0' in last.suggestions  # type: ignore[attr-defined]
    parts = [(row.id, Money(row.rest)) for row in shop.rows(invoices)]  # type: ignore[attr-defined]
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.allocate(unit, PAYING, payment, parts)
        unit.commit()
    assert state_of(shop, payment) == ("manual", "manual", 395_000)
    assert registry_states(shop) == [("used", payment)]
    other = pay(shop, 395_000, text="Возмещение по эквайрингу")
    assert "registry_missing" in reasons(shop, other)


def test_two_registries_of_one_sum_are_offered_to_nobody(shop: Shop) -> None:
    two_orders(shop)
    arrive(shop, SOUND)
    arrive(shop, SOUND.replace(b"105", b"106"))
    payment = pay(shop, 395_000, text="Возмещение по эквайрингу")
    assert "registry_missing" in reasons(shop, payment)


def test_without_a_registry_a_person_cannot_give_more_than_came(shop: Shop) -> None:
    two_orders(shop)
    payment = pay(shop, 396_000)
    parts = [(row.id, Money(row.rest)) for row in shop.rows(invoices)]  # type: ignore[attr-defined]
    with shop.store.unit(ACCOUNTANT) as unit, pytest.raises(Refused) as refused:
        by_hand.allocate(unit, PAYING, payment, parts)
    assert refused.value.code == "payment.too_much_allocated"


def test_one_registry_never_explains_two_payments(shop: Shop) -> None:
    two_orders(shop)
    arrive(shop, SOUND)
    first, second = pay(shop, 395_000), pay(shop, 395_000)
    assert state_of(shop, first)[0] == "auto"
    assert state_of(shop, second)[:2] == ("needs_person", "payout_unexplained")
    [registry] = shop.rows(payout_registries)
    with shop.store.unit() as unit, pytest.raises(Conflict):
        lookup.use(unit, registry.id, second)  # type: ignore[attr-defined]


def test_two_payments_that_waited_for_one_registry(shop: Shop) -> None:
    two_orders(shop)
    waiting = [pay(shop, 395_000), pay(shop, 395_000)]
    assert arrive(shop, SOUND).decided == 1
    assert sorted(state_of(shop, payment)[0] for payment in waiting) == ["auto", "needs_person"]


def test_the_same_file_again_is_known_and_another_of_its_number_makes_a_person_choose(shop: Shop) -> None:
    two_orders(shop)
    arrive(shop, SOUND)
    assert [one.known for one in arrive(shop, SOUND).received] == [True]
    other = csv(("1001", 150_000, 2_000), net=148_000)
    [second] = arrive(shop, other).received
    assert not second.known and len(second.others) == 1
    payment = pay(shop, 395_000)
    assert "registry_ambiguous" in reasons(shop, payment)
    with shop.store.unit(ACCOUNTANT) as unit:
        assert registries.withdraw(unit, PAYING, second.id, "прислан по ошибке") == 1
        unit.commit()
    assert state_of(shop, payment)[0] == "auto"
    assert [state for state, _ in registry_states(shop)] == ["used", "withdrawn"]


def test_a_withdrawn_file_may_be_read_again_by_a_better_mapping(shop: Shop) -> None:
    two_orders(shop)
    wrong = BY_ORDER.model_copy(update={"amount": "Комиссия", "fee": ""})
    [bad] = arrive(shop, SOUND, mapping=wrong).received
    assert not bad.sound
    with shop.store.unit(ACCOUNTANT) as unit:
        registries.withdraw(unit, PAYING, bad.id, "не тот столбец")
        unit.commit()
    [good] = arrive(shop, SOUND).received
    assert good.sound and not good.known and good.id != bad.id


def test_undo_and_storno_free_the_registry(shop: Shop) -> None:
    two_orders(shop)
    arrive(shop, SOUND)
    payment = pay(shop, 395_000)
    event = shop.rows(decisions, payment_id=payment)[-1].id  # type: ignore[attr-defined]
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.undo(unit, PAYING, event)
        unit.commit()
    assert registry_states(shop) == [("waiting", None)]
    assert state_of(shop, payment) == ("needs_person", "undone", 0)
    last = shop.rows(decisions, payment_id=payment)[-1]
    assert '"difference":0' in last.suggestions and last.fee == 5_000  # type: ignore[attr-defined]
    arrive(shop, csv(("1001", 150_000, 2_000), number="106"))
    assert state_of(shop, payment) == ("needs_person", "undone", 0), "what a person took back is not done again"
    parts = [(row.id, Money(row.rest)) for row in shop.rows(invoices)]  # type: ignore[attr-defined]
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.allocate(unit, PAYING, payment, parts)
        unit.commit()
    assert registry_states(shop)[0] == ("used", payment)
    shop.deliver(shop.line(395_000, "Сторно", payer=ACQUIRER, reversal_of="R000001"), terms=PAYING)
    assert registry_states(shop)[0] == ("waiting", None) and state_of(shop, payment)[0] == "reversed"


def test_what_a_person_decided_is_left_alone_when_the_registry_comes(shop: Shop) -> None:
    two_orders(shop)
    payment = pay(shop, 395_000)
    with shop.store.unit(ACCOUNTANT) as unit:
        by_hand.mark_not_ours(unit, PAYING, payment, "other_income")
        unit.commit()
    assert arrive(shop, SOUND).decided == 0
    assert state_of(shop, payment)[0] == "not_ours"


def test_another_partner_with_the_same_number_explains_nothing(shop: Shop) -> None:
    two_orders(shop)
    partners = {**PARTNERS, MARKET.inn: "acquirer"}
    terms = replace(PAYING, policy=replace(PAYING.policy, payout_partners=partners))
    arrive(shop, SOUND)
    shop.deliver(shop.line(395_000, TEXT.format(number="105"), payer=MARKET), terms=terms)
    assert registry_states(shop) == [("waiting", None)]


def test_who_may_not_decide_brings_no_registry(shop: Shop) -> None:
    for work in (
        lambda unit: registries.receive(unit, PAYING, ACQUIRER.inn, "r.csv", SOUND, BY_ORDER),
        lambda unit: registries.withdraw(unit, PAYING, "x", "x"),
        lambda unit: registries.save_mapping(unit, PAYING, ACQUIRER.inn, BY_ORDER),
    ):
        with shop.store.unit(DIRECTOR) as unit, pytest.raises(Refused) as refused:
            work(unit)
        assert refused.value.code == "authority.missing"


def test_refusals_have_names(shop: Shop) -> None:
    two_orders(shop)
    arrive(shop, SOUND)
    payment = pay(shop, 395_000)
    [used] = shop.rows(payout_registries)
    assert used.payment_id == payment  # type: ignore[attr-defined]
    for code, work in (
        ("registry.partner_unknown", lambda u: registries.receive(u, PAYING, "7705123453", "r.csv", SOUND, BY_ORDER)),
        ("registry.no_mapping", lambda u: registries.receive(u, PAYING, POST.inn, "r.csv", SOUND)),
        ("registry.used", lambda u: registries.withdraw(u, PAYING, used.id, "так")),  # type: ignore[attr-defined]
        ("registry.note_missing", lambda u: registries.withdraw(u, PAYING, used.id, " ")),  # type: ignore[attr-defined]
        ("registry.unknown", lambda u: registries.withdraw(u, PAYING, "нет", "так")),
        ("registry.changed", lambda u: registries.withdraw(u, PAYING, used.id, "так", 1)),  # type: ignore[attr-defined]
    ):
        with shop.store.unit(ACCOUNTANT) as unit, pytest.raises(Refused) as refused:
            work(unit)
        assert refused.value.code == code
        assert refused.value.text("ru") != refused.value.text("en")


def test_a_saved_mapping_reads_the_next_file_and_an_old_one_ends(shop: Shop) -> None:
    two_orders(shop)
    by_number = BY_ORDER.model_copy(update={"fee": ""})
    with shop.store.unit(ACCOUNTANT) as unit:
        first = registries.save_mapping(unit, PAYING, ACQUIRER.inn, by_number)
        assert registries.save_mapping(unit, PAYING, ACQUIRER.inn, by_number).id == first.id
        second = registries.save_mapping(unit, PAYING, ACQUIRER.inn, BY_ORDER)
        unit.commit()
    assert [bool(row.ended_at) for row in shop.rows(registry_mappings)] == [True, False]  # type: ignore[attr-defined]
    arrive(shop, SOUND, mapping=None)
    [registry] = shop.rows(payout_registries)
    assert registry.mapping_id == second.id and registry.raw == SOUND  # type: ignore[attr-defined]
    assert [(row.row, row.key) for row in shop.rows(payout_registry_lines)] == [(3, "1001"), (4, "1002")]  # type: ignore[attr-defined]


def test_killed_between_writing_and_keeping_nothing_is_half_done(shop: Shop, tmp_path: Path) -> None:
    two_orders(shop)
    payment = pay(shop, 395_000)

    class Killed(BaseException):
        pass

    with pytest.raises(Killed), shop.store.unit(ACCOUNTANT) as unit:
        assert registries.receive(unit, PAYING, ACQUIRER.inn, "r.csv", SOUND, BY_ORDER).decided == 1
        raise Killed
    assert not shop.rows(payout_registries) and not shop.rows(allocations)
    assert state_of(shop, payment)[0] == "needs_person"
    assert arrive(shop, SOUND).decided == 1
    assert state_of(shop, payment) == ("auto", "registry", 395_000)


def test_the_fee_of_other_lines_pays_for_nothing(shop: Shop) -> None:
    two_orders(shop)
    shop.order("1003", {"a": 1}, price=4_000)
    payment = pay(shop, 100)
    arrive(shop, csv(("1001", 150_000, 2_000), ("1002", 250_000, 3_000), ("1003", 4_000, 0), ("9999", 1_000, 0)))
    small = shop.rows(invoices)[-1]
    with pytest.raises(Refused, match=r"only 1\.00 came"), shop.store.unit(ACCOUNTANT) as unit:
        by_hand.allocate(unit, PAYING, payment, [(small.id, Money(4_000))])  # type: ignore[attr-defined]
