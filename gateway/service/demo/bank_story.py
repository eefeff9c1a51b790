"""`kvit demo --story bank`: both protocols of the sandbox bank, all it can do wrong, one renewal, money going out.

In the end each rouble is on record once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.table import Table
from sqlalchemy import func, select

from gateway.api.tokens import create_user
from gateway.bank.sandbox.launch import launch
from gateway.core.authority import Actor, Role
from gateway.core.errors import Unavailable
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.flows.pay_out import Route, send_waiting
from gateway.flows.terms import Terms
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import NeedsConfirming, OrderDraft, OutgoingTerms, OwnAccount, Payee
from gateway.payments.outgoing.tables import payment_orders
from gateway.service import enrolment
from gateway.service.config import Home
from gateway.service.demo.bank_stage import BXD, DIRECTBANK, BankStage, bank_stage
from gateway.service.demo.bank_trials import Books, Trial, Trials, reckoned
from gateway.service.demo.performance import Tell, perform
from gateway.service.evidence_check import check_history
from gateway.service.key_store import keep_key
from gateway.service.passphrases import passphrase_of
from gateway.service.rounds import bank_round
from gateway.service.setup import SANDBOX_KEY, SANDBOX_PROFILE
from gateway.service.wiring import vault_of

_ACCOUNTANT = Actor("Анна Бухгалтер", Role.ACCOUNTANT)
_DIRECTOR = Actor("Борис Директор", Role.DIRECTOR)
_IT = Actor("demo", Role.IT)
_BIC, _CORR = "044525225", "30101810400000000225"
_LOOK_ALIKE = "outgoing.lookalike"
_ROUNDS = 12


@dataclass
class _Outgoing:
    """What is to come of the payment orders: id → expected state."""

    expected: dict[str, str] = field(default_factory=dict)
    warned: bool = False


def play(given: Path | None, language: str, *, as_json: bool) -> int:
    """Play it to its end in `given`, else in a folder of its own; 0 when everything came out as it should."""

    def act(home: Home, tell: Tell) -> tuple[dict[str, Any], bool]:
        with bank_stage(home, language) as stage, launch(home.root):
            return _Story(stage, tell).play()

    return perform(given, language, act, _table, as_json=as_json)


class _Story:
    def __init__(self, stage: BankStage, tell: Tell) -> None:
        self._stage = stage
        self._tell = tell
        self._books = Books()
        self._trials = Trials(stage, self._books)
        self._orders = _Outgoing()
        self._number = 0

    def play(self) -> tuple[dict[str, Any], bool]:
        """The account of it, and whether everything came out as it should."""
        trials: list[Trial] = []
        for channel in (BXD, DIRECTBANK):
            title = self._stage.banks[channel].title
            self._tell(f"Канал: {title('ru')}", f"Channel: {title('en')}")
            self._honest(channel)
            for trial in self._trials.run(channel):
                trials.append(trial)
                self._told(trial)
        renewed = self._renew()
        self._pay_out()
        trials.append(self._trials.gap())  # last: the bank's days run ahead of ours with it
        self._told(trials[-1])
        installation = self._stage.installation
        history = check_history(installation.store, installation.home, installation.config)
        with installation.store.reading() as connection:
            grouped = connection.execute(select(payment_orders.c.state, func.count()).group_by(payment_orders.c.state))
            states = {str(state): int(number) for state, number in grouped}
            reached = {
                row.id: row.state for row in connection.execute(select(payment_orders.c.id, payment_orders.c.state))
            }
        result = {
            **reckoned(self._stage, self._books),
            "trials": [
                {
                    "channel": trial.channel,
                    "behaviour": trial.behaviour,
                    "happened": trial.happened,
                    "polls": trial.rounds,
                    "refused": list(trial.refused),
                }
                for trial in trials
            ],
            "renewed": renewed,
            "outgoing": states,
            "look_alike_warned": self._orders.warned,
            "journal_ok": history.ok,
            "journal_rows": history.chain.rows,
        }
        good = (
            not (result["lost"] or result["doubled"] or result["forged_accepted"])
            and all(trial.happened for trial in trials)
            and result["gaps_found"] > 0
            and renewed
            and reached == self._orders.expected
            and self._orders.warned
            and history.ok
        )
        return result, good

    def _honest(self, channel: str) -> None:
        self._trials.pay(channel, 2)
        self._trials.poll(channel)

    def _told(self, trial: Trial) -> None:
        why = ", ".join(dict.fromkeys(trial.refused)) or "—"
        self._tell(
            f"   {trial.behaviour}: опросов до записи {trial.rounds}, отвергнуто: {why}",
            f"   {trial.behaviour}: polls until recorded {trial.rounds}, refused: {why}",
        )

    # --- the certificate ---------------------------------------------------------------------------------------------

    def _renew(self) -> bool:
        """A new certificate, asked for with the old key; the next polls go on with the new one."""
        bank = self._stage.banks[BXD]
        before = bank.channel.certificate_expires
        done = enrolment.renew(enrolment.Desk.of(self._stage.installation, _IT), bank.table)
        self._give_new_key()
        self._stage.reopen()
        self._tell(
            f"Сертификат продлён до {done.until:%d.%m.%Y}", f"The certificate is renewed until {done.until:%Y-%m-%d}"
        )
        self._honest(BXD)
        after = self._stage.banks[BXD].channel.certificate_expires
        return after is not None and before is not None and after >= before and after == done.until

    def _give_new_key(self) -> None:
        """The bank knows its customer by one certificate, whatever the protocol: the other agreement gets it too."""
        installation = self._stage.installation
        vault = vault_of(installation.home)
        content = (installation.home.keys / SANDBOX_KEY).read_bytes()
        passphrase = passphrase_of(vault, SANDBOX_PROFILE, content)
        assert passphrase is not None
        keep_key(installation.home, self._stage.banks[DIRECTBANK].table, content, passphrase, replace=True)

    # --- money going out ---------------------------------------------------------------------------------------------

    @property
    def _terms(self) -> Terms:
        installation = self._stage.installation
        company = installation.config.company
        own = {
            number: OwnAccount(number, company.bic, company.bank, company.corr_account)
            for number in self._stage.accounts.values()
        }
        terms = OutgoingTerms(name=company.name, inn=company.inn, kpp=company.kpp, accounts=own)
        return replace(installation.terms, outgoing=terms)

    def _pay_out(self) -> None:
        self._tell("Исходящие платежи", "Outgoing payments")
        with self._stage.installation.store.unit(_IT) as unit:
            for person in (_ACCOUNTANT, _DIRECTOR):
                create_user(unit, person.name, person.role)
            unit.commit()
        sandbox = self._stage.sandbox
        supplier = _payee("ООО «Багет-Опт»", "7728168971", 777)
        plain = self._propose(BXD, supplier)
        self._sign(plain)
        self._expect(plain, "executed", "платёж поставщику: исполнен", "a supplier paid: executed")

        sandbox.behave("order-refused", channel=BXD)
        refused = self._propose(BXD, _payee("ООО «Закрытый счёт»", "7707083893", 778))
        self._sign(refused)
        self._expect(refused, "refused", "банк отказал", "the bank refused")

        sandbox.behave("order-lost-reply", channel=DIRECTBANK)
        unknown = self._propose(DIRECTBANK, _payee("ООО «Стекло»", "7736050003", 779))
        self._sign(unknown)
        self._send()
        if self._state(unknown) != "unknown":
            raise Unavailable("demo.too_slow", what="order-lost-reply", seconds=0)
        self._expect(
            unknown,
            "executed",
            "связь оборвалась, поручение найдено в банке и исполнено",
            "the line broke; the order was found at the bank and executed",
        )

        rejected = self._propose(BXD, _payee("ООО «Незнакомец»", "7702070139", 780))
        with self._stage.installation.store.unit(_DIRECTOR) as unit:
            outgoing.reject(unit, self._terms.outgoing, rejected, "не наш поставщик", 1)
            unit.commit()
        self._expect(rejected, "rejected", "второе лицо отклонило", "the second person rejected it")

        twin = replace(supplier, account=with_key("40702810000000000999", _BIC))
        alike = self._propose(BXD, twin)
        self._sign(alike)
        self._expect(
            alike,
            "executed",
            "тот же получатель с другим счётом: предупреждение подтверждено людьми",
            "the same beneficiary with another account: people confirmed the warning",
        )

    def _propose(self, channel: str, payee: Payee) -> str:
        """Propose an order; warnings are read and confirmed by the person, as in the tray."""
        self._number += 1
        draft = OrderDraft(
            account=self._stage.accounts[channel],
            payee=payee,
            amount=Money(1_000_000 + self._number),
            purpose=f"Оплата по счёту № {self._number} от 20.11.2026 за материалы. НДС не облагается",
        )
        confirmed: list[str] = []
        for _ in range(2):
            try:
                with self._stage.installation.store.unit(_ACCOUNTANT) as unit:
                    order_id = outgoing.propose(unit, self._terms.outgoing, draft, confirmed)
                    unit.commit()
                return order_id
            except NeedsConfirming as error:
                confirmed = [warning.code for warning in error.warnings]
                self._orders.warned |= _LOOK_ALIKE in confirmed
        raise Unavailable("demo.too_slow", what="propose", seconds=0)

    def _sign(self, order_id: str) -> None:
        """The second signature, by another person."""
        confirmed: list[str] = []
        for _ in range(2):
            try:
                with self._stage.installation.store.unit(_DIRECTOR) as unit:
                    outgoing.approve(unit, self._terms.outgoing, order_id, 1, confirmed)
                    unit.commit()
                return
            except NeedsConfirming as error:
                confirmed = [warning.code for warning in error.warnings]

    def _send(self) -> None:
        routes = {
            self._stage.accounts[protocol]: Route(bank.channel, customer_id=bank.table.customer_id)
            for protocol, bank in self._stage.banks.items()
        }
        send_waiting(self._stage.installation.store, self._terms, routes)

    def _expect(self, order_id: str, state: str, ru: str, en: str) -> None:
        """Go round by round until the order is there."""
        self._orders.expected[order_id] = state
        for _ in range(_ROUNDS):
            if self._state(order_id) == state:
                break
            self._send()
            self._stage.sandbox.process()
            for bank in self._stage.banks.values():
                bank_round(self._stage.installation.store, bank.terms(self._terms), bank.channel)
        self._tell(f"   {ru}", f"   {en}")

    def _state(self, order_id: str) -> str:
        with self._stage.installation.store.reading() as connection:
            return str(
                connection.execute(select(payment_orders.c.state).where(payment_orders.c.id == order_id)).scalar_one()
            )


def _payee(name: str, inn: str, number: int) -> Payee:
    return Payee(
        name=name,
        inn=inn,
        kpp=f"{inn[:4]}01001",
        account=with_key(f"40702810000000000{number:03d}", _BIC),
        bic=_BIC,
        bank_name="ПАО Сбербанк",
        corr_account=_CORR,
    )


def _table(result: dict[str, Any], russian: bool) -> Table:
    table = Table(show_header=False, box=None)
    names = {
        "lost": ("Потеряно", "Lost"),
        "doubled": ("Задвоено", "Doubled"),
        "forged_accepted": ("Принято подделок", "Forgeries accepted"),
        "gaps_found": ("Найдено пропусков", "Gaps found"),
        "renewed": ("Сертификат продлён", "Certificate renewed"),
        "look_alike_warned": ("Предупреждено о похожем получателе", "Warned of a look-alike beneficiary"),
        "journal_ok": ("Журнал цел", "Journal holds"),
    }
    for channel, number in result["channels"].items():
        table.add_row(f"{'Платежей' if russian else 'Payments'}: {channel}", str(number))
    table.add_row("Отвергнуто сообщений" if russian else "Messages refused", str(len(result["refused"])))
    for key, (ru, en) in names.items():
        value = result[key]
        shown = ("да" if value else "нет") if russian and isinstance(value, bool) else str(value)
        table.add_row(ru if russian else en, shown)
    for state, number in sorted(result["outgoing"].items()):
        table.add_row(f"{'Поручений' if russian else 'Orders'}: {state}", str(number))
    return table
