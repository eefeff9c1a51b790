"""Money of those who collect for us: by a registry that adds up, by listed loans, or not explained."""

from __future__ import annotations

from datetime import date

from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.payments.registries.model import PayoutSource, Registry, RegistryLine
from tests.matching.handwritten import buyers as b
from tests.matching.handwritten.model import Payer, kopecks
from tests.matching.handwritten.writing import ask, payout

PARTNERS = {
    b.ACQUIRER.inn: PayoutSource.ACQUIRER.value,
    b.POST.inn: PayoutSource.POST.value,
    b.LENDER.inn: PayoutSource.LOAN.value,
    b.MARKETPLACE.inn: PayoutSource.MARKETPLACE.value,
}


def _registry(
    source: PayoutSource, number: str, day: int, gross: str, fee: str, kind: Reference, *lines: tuple[str, str]
) -> Registry:
    total, kept = kopecks(gross), kopecks(fee)
    listed = tuple(RegistryLine(kind, key, Money(kopecks(sum_))) for key, sum_ in lines)
    return Registry(
        f"{source.value}-{number}", source.value, number, date(2026, 11, day), Money(total), Money(kept),
        Money(total - kept), listed,
    )  # fmt: skip


_ORDER, _TRACK, _LOAN = Reference("order"), Reference("track"), Reference("loan")
REGISTRIES = (
    _registry(
        PayoutSource.ACQUIRER,
        "1187",
        14,
        "12990.50",
        "324.76",
        _ORDER,
        ("10234", "4590.00"),
        ("10301", "7200.00"),
        ("10333", "1200.50"),
    ),
    _registry(PayoutSource.ACQUIRER, "1188", 15, "3680.00", "92.00", _ORDER, ("10341", "890.00"), ("10380", "2790.00")),
    _registry(
        PayoutSource.ACQUIRER, "1190", 16, "10000.00", "250.00", _ORDER, ("10240", "2150.00"), ("10311", "3300.00")
    ),
    _registry(
        PayoutSource.ACQUIRER, "1191", 17, "4300.00", "107.50", _ORDER, ("10311", "3300.00"), ("10999", "1000.00")
    ),
    _registry(
        PayoutSource.ACQUIRER, "1192", 18, "17989.00", "449.73", _ORDER, ("10320", "15990.00"), ("10382", "1999.00")
    ),
    _registry(PayoutSource.ACQUIRER, "1193", 18, "24000.00", "600.00", _ORDER, ("10360", "24000.00")),
    _registry(
        PayoutSource.POST,
        "5519",
        12,
        "6250.00",
        "187.50",
        _TRACK,
        ("80085112345671", "2790.00"),
        ("80085112345688", "3460.00"),
    ),
    _registry(
        PayoutSource.LOAN, "90077", 13, "77400.00", "3870.00", _LOAN, ("71204461", "45900.00"), ("71204478", "31500.00")
    ),
    _registry(
        PayoutSource.MARKETPLACE,
        "334455",
        16,
        "11200.00",
        "1680.00",
        _ORDER,
        ("10350", "5600.00"),
        ("10351", "5600.00"),
    ),
)

CASES = (
    payout(
        "acquirer",
        b.ACQUIRER,
        "12665.74",
        "Перечисление средств по договору эквайринга Э-77/25 по реестру № 1187 от 14.11.2026. Комиссия 324.76. "
        "НДС не облагается",
        "ivanova-234",
        "sidorov-301",
        "petrova-333",
    ),
    payout("acquirer_terse", b.ACQUIRER, "3588.00", "Реестр 1188 15.11.26", "tsoi-341", "orlov-380"),
    payout(
        "acquirer_caps_no_spaces",
        b.ACQUIRER,
        "3588.00",
        "ПЕРЕВОД ПО РЕЕСТРУ N1188,ОПЕРАЦИИ 14.11-15.11,ВОЗМ.ПО ТОРГ.ЭКВАЙРИНГУ,КОМИССИЯ 92-00",
        "tsoi-341",
        "orlov-380",
    ),
    payout(
        "acquirer_with_merchant_number",
        b.ACQUIRER,
        "12665.74",
        "Зачисление средств по операциям с МБК (на основании реестров платежей). Мерчант №691000012345. Дата "
        "реестра 14.11.2026 реестр 1187",
        "ivanova-234",
        "sidorov-301",
        "petrova-333",
    ),
    payout(
        "post",
        b.POST,
        "6062.50",
        "Перечисление наложенных платежей по реестру 5519 от 12.11.2026 дог.7.4-45/26",
        "orlov-380",
        "nikitina-381",
    ),
    payout(
        "lender_registry",
        b.LENDER,
        "73530.00",
        "Перечисление сумм займов по реестру №90077 от 13.11.2026 за вычетом вознаграждения. Без НДС",
        "shevchuk-370",
        "guseva-371",
    ),
    payout(
        "lender_lists_one_loan",
        b.LENDER,
        "45900.00",
        "Перечисление за клиента Шевчук Л.И. по договору займа 71204461",
        "shevchuk-370",
    ),
    payout(
        "lender_lists_both",
        b.LENDER,
        "77400.00",
        "Оплата товаров по заявкам 71204461, 71204478. НДС не облагается",
        "shevchuk-370",
        "guseva-371",
    ),
    payout(
        "marketplace",
        b.MARKETPLACE,
        "9520.00",
        "Оплата по договору оферты, реестр № 334455 от 16.11.2026",
        "krylova-350",
        "krylova-351",
    ),
    ask("acquirer_other_sum", b.ACQUIRER, "12665.73", "Реестр № 1187 от 14.11.2026", note="a kopeck"),
    ask(
        "acquirer_gross",
        b.ACQUIRER,
        "12990.50",
        "Реестр № 1187 от 14.11.2026",
        "ivanova-234",
        "sidorov-301",
        "petrova-333",
        note="without the fee: not what the registry says",
    ),
    ask("acquirer_no_registry", b.ACQUIRER, "7020.00", "Возмещение по эквайрингу за 18.11.2026. Комиссия 180-00"),
    ask("acquirer_unknown_registry", b.ACQUIRER, "3588.00", "Реестр № 1288 от 18.11.2026"),
    ask(
        "acquirer_two_registries",
        b.ACQUIRER,
        "16253.74",
        "Реестры 1187 от 14.11.2026, 1188 от 15.11.2026",
        note="both together add up, yet one payment answers to one registry",
        may_auto=True,
    ),
    ask(
        "acquirer_unsound_registry", b.ACQUIRER, "9750.00", "Реестр 1190 от 16.11.2026", note="the lines do not add up"
    ),
    ask(
        "acquirer_unknown_order",
        b.ACQUIRER,
        "4192.50",
        "по реестру 1191 от 17.11.2026",
        note="one line's order is not ours",
    ),
    ask("acquirer_cancelled_order", b.ACQUIRER, "17539.27", "по реестру 1192 от 18.11.2026"),
    ask(
        "acquirer_more_than_is_due",
        b.ACQUIRER,
        "23400.00",
        "по реестру 1193 от 18.11.2026",
        note="half of the order was paid before",
    ),
    ask(
        "acquirer_single_order_in_text",
        b.ACQUIRER,
        "4590.00",
        "Оплата заказа 10234 Иванова Мария Петровна",
        note="a payout partner, no registry",
    ),
    ask("stranger_quotes_the_registry", b.STRANGER, "12665.74", "Перечисление по реестру № 1187 от 14.11.2026"),
    ask(
        "post_single_track", b.POST, "2790.00", "Наложенный платеж 80085112345671", note="policy 7 excepts lenders only"
    ),
    ask("post_quotes_acquirers_registry", b.POST, "12665.74", "реестр 1187"),
    ask("lender_less_fee", b.LENDER, "43605.00", "Договор займа 71204461 за вычетом комиссии 5%"),
    ask("lender_unknown_loan", b.LENDER, "31500.00", "Договор займа 71204499"),
    ask("lender_two_loans_sum_of_one", b.LENDER, "45900.00", "Займы 71204461; 71204478"),
    ask("marketplace_no_number", b.MARKETPLACE, "9520.00", "Выплата за период 10.11-16.11.2026 по договору оферты"),
    ask(
        "marketplace_under_other_inn",
        Payer("ООО «Большая Витрина»", "6644204967", "664401001", "40702810200000077705"),
        "9520.00",
        "Реестр № 334455 от 16.11.2026",
    ),
)
