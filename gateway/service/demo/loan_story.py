"""The days of the loans story: what happens, in order, and what has to come of it before the next thing happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import time, timedelta

from gateway.core.clock import MOSCOW, business_date, from_text
from gateway.core.errors import Unavailable
from gateway.loans.model import Origin
from gateway.loans.sandbox.control import LENDERS, REST, SOAP
from gateway.service.demo.loan_cast import BRACKET, BY_KEY, WISHES, Wish
from gateway.service.demo.loan_house import ELECTRONICS, FURNITURE, ShopDesk
from gateway.service.demo.loan_money import Payments
from gateway.service.demo.loan_people import People
from gateway.service.demo.loan_stage import LoanStage
from gateway.service.demo.performance import Tell
from gateway.service.demo.story_clock import at_moscow

_BY_PHONE = {"faulty": Origin.CALL_CENTRE, "returned": Origin.TRAY, "own_shop": Origin.TRAY}
_INDENT = " " * 20
_ENDED = frozenset({"closed", "declined", "cancelled", "returned"})


class LoanStory:
    """Twelve applications from three shops.

    Attributes:
        expected: how each is to end, by the story's key.
    """

    expected: Mapping[str, str] = {
        **{wish.key: "closed" for wish in WISHES},
        "refused": "declined",
        "changed_mind": "cancelled",
        "wrong_passport": "cancelled",
        "returned": "returned",
    }

    def __init__(self, stage: LoanStage, desks: Mapping[str, ShopDesk], tell: Tell) -> None:
        self._stage = stage
        self._desks = desks
        self._tell = tell
        self._people = People(stage, desks)
        self._money = Payments(stage, self._people)
        self._began = business_date(stage.clock.now())
        self._scene = ""

    def play(self) -> None:
        """From the first phone number to the last payment order.

        Raises:
            Unavailable: `demo.went_otherwise` when something does not come of what was done.
        """
        scenes = (
            self._applications,
            self._calls,
            self._answers,
            self._choices,
            self._counter,
            self._away_from_the_shop,
            self._couriers,
            self._second_visit,
            self._papers,
            self._goods_come_back,
            self._statements,
            self._silence,
        )
        for number, scene in enumerate(scenes, start=1):
            self._scene = f"{number}/{len(scenes)}"
            scene()

    def ended(self) -> Mapping[str, str]:
        """How each application stands, by the story's key."""
        return {wish.key: self._people.application(wish).state for wish in WISHES}

    # ------------------------------------------------------------------ the first day

    def _applications(self) -> None:
        self._say("Заказы из 1С, заявки на кредит", "Orders from 1C, applications for credit")
        self._until("orders of 1C", self._money.own_order_is_here)
        for wish in WISHES:
            origin = _BY_PHONE.get(wish.key)
            if origin is None:
                number = self._people.apply_on_site(wish, phone_alone=wish.key == "phone_alone")
            else:
                number = self._people.apply_by_phone(wish, origin)
            self._item(
                f"№ {number}, {wish.line.name}, {wish.line.amount.screen_text()}: {wish.ru}",
                f"no. {number}, {wish.line.name}, {wish.line.amount.screen_text()}: {wish.en}",
            )

    def _calls(self) -> None:
        """Everybody is called back; one does not answer, and is tried again a quarter of an hour later."""
        self._say("Обзвон: анкеты заполняются и уходят в банки", "Calls: questionnaires are filled in and sent")
        silent = BY_KEY["phone_alone"]
        while (wish := self._people.next_call()) is not None:
            if wish is silent and self._people.application(silent).call_attempts == 0:
                self._people.no_answer(wish)
                self._item("№ 1 не отвечает, перезвоним", "no. 1 does not answer, to be called again")
            else:
                self._people.fill_in(wish)
        due = self._people.application(silent).call_due
        self._stage.wait_till(from_text(due))
        if self._people.next_call() is not silent:
            raise Unavailable("demo.went_otherwise", what="call-back")
        self._people.fill_in(silent)
        # one takes an application and breaks the line: it is asked about, and not handed in twice
        self._stage.lenders.behave(SOAP, "lost-reply", operation="submit")
        self._until(
            "applications at the lenders",
            lambda: all(state == "sent" for wish in WISHES for state in self._people.answers(wish).values()),
        )

    def _answers(self) -> None:
        self._say("Банки решают", "The lenders decide")
        # one answers with a word nobody knows: noted, and asked again
        self._stage.lenders.behave(REST, "unknown-status", operation="view")
        no = {("refused", SOAP), ("refused", REST), ("one_refusal", SOAP)}
        for wish in WISHES:
            for lender in wish.asked:
                verdict = "decline" if (wish.key, lender) in no else "approve"
                reason = "Отказ по скорингу" if verdict == "decline" else ""
                self._stage.lenders.decide(lender, self._people.ids[wish.key], verdict, reason=reason)
        self._until(
            "decisions",
            lambda: all(
                state in ("approved", "declined") for wish in WISHES for state in self._people.answers(wish).values()
            ),
        )
        if any(self._stage.lenders.queued(lender) for lender in LENDERS):
            raise Unavailable("demo.went_otherwise", what="misbehaviour")
        self._people.changes_mind(BY_KEY["changed_mind"])
        self._expect("declined", "refused")
        self._item(
            "одобрено 11 заявок, одна отклонена обоими банками; один покупатель передумал",
            "11 applications approved, one refused by both; one buyer changed his mind",
        )

    def _choices(self) -> None:
        """Shops choose offer and way of signing; lenders draw up their agreements."""
        self._say(
            "Магазины выбирают способ подписания, банки присылают договоры",
            "Shops choose the way of signing, lenders send their agreements",
        )
        chosen = [wish for wish in WISHES if wish.way is not None]
        for wish in chosen:
            self._people.choose(wish)
        self._until("agreements", lambda: all(self._signing(wish) == "documents_ready" for wish in chosen))

    def _counter(self) -> None:
        """The shop's clerk: passport, signature, goods over the counter; and once it stops there."""
        self._say("Подписание в магазинах", "Signing at the counter")
        for wish in self._wishes("one_refusal", "instalments", "returned", "paper_rejected"):
            self._people.sign(wish)
            self._people.approve_papers(wish)
            self._people.hand_over(wish)
        stopped = BY_KEY["wrong_passport"]
        for typed in ("4599000009", "4599000190"):
            self._people.check_passport(stopped, typed)
        if self._signing(stopped) != "stopped":
            raise Unavailable("demo.went_otherwise", what="identity")
        self._people.give_up(stopped)
        self._item(
            "4 покупателя с товаром; у одного паспорт не сошёлся дважды — подписание остановлено",
            "4 buyers have their goods; of one the passport did not fit twice: stopped",
        )

    def _away_from_the_shop(self) -> None:
        """Branches and couriers, before the goods leave."""
        self._say("Подписание в отделениях, заказ курьеров", "Signing in branches, couriers ordered")
        cooling, faulty = BY_KEY["cooling"], BY_KEY["faulty"]
        for wish in (cooling, faulty):
            self._people.sign(wish)
        self._people.approve_papers(cooling)
        self._people.find_fault(faulty)
        for wish in self._wishes("phone_alone", "own_shop", "courier"):
            self._people.order_courier(wish, days=1)
        if self._people.may_ship(cooling):
            raise Unavailable("demo.went_otherwise", what="cooling-off")
        self._item(
            "кухня не отпускается: период охлаждения; ноутбук: ошибка в бумагах",
            "the kitchen is held: cooling-off period; the laptop: faulty papers",
        )
        self._evening(0)

    # ------------------------------------------------------------------ the next days

    def _couriers(self) -> None:
        self._at(1, "10:00")
        self._say("Курьеры у покупателей", "Couriers at the buyers'")
        self._people.courier_comes_back(BY_KEY["phone_alone"])
        self._people.order_courier(BY_KEY["phone_alone"], days=1)
        for wish in self._wishes("own_shop", "courier"):
            self._people.courier_signs(wish)
            self._people.approve_papers(wish)
        self._people.sign_anew(BY_KEY["faulty"])
        self._people.approve_papers(BY_KEY["faulty"])
        self._item(
            "один вернулся пустым, двое подписали; исправленные бумаги подписаны заново",
            "one came back empty, two signed; the faulty papers are signed anew",
        )
        self._at(1, "15:30")
        self._stage.turn()
        for wish in self._wishes("courier", "faulty"):  # the shop trusts the lender: before his money is here
            self._people.ship(wish)
            self._people.hand_over(wish)
        self._people.give_back(BY_KEY["one_refusal"], BRACKET)
        self._item("кронштейн вернули в магазин", "the bracket is brought back to the shop")
        self._evening(1)

    def _second_visit(self) -> None:
        self._at(2, "10:30")
        self._say("Второй визит курьера; товар нашего магазина собран", "The second visit; our own goods are picked")
        again = BY_KEY["phone_alone"]
        self._people.courier_signs(again)
        self._people.approve_papers(again)
        self._money.own_goods_leave(BY_KEY["own_shop"])
        self._people.hand_over(BY_KEY["own_shop"])
        self._at(2, "19:00")
        self._evening(2)
        self._at(3, "10:00")
        for wish in self._wishes("phone_alone", "cooling"):  # this shop waits for the money
            self._people.ship(wish)
            self._people.hand_over(wish)
        self._item(
            "деньги банка пришли: диван и кухня отправлены", "the lender's money is here: sofa and kitchen are sent"
        )

    def _papers(self) -> None:
        """Originals go to the lenders; one is rejected, signed once more and accepted."""
        self._say("Оригиналы договоров едут в банки", "Originals go to the lenders")
        signed = [wish for wish in WISHES if self._signing(wish) in ("signed", "verified")]
        for place, wish in enumerate(signed, start=1):
            self._people.send_paper(wish, f"100{place:04d}")
        self._until("originals told", self._money.nothing_leaves)
        self._at(4, "11:00")
        rejected = BY_KEY["paper_rejected"]
        for wish in signed:
            self._people.paper_arrives(wish)
            self._judge(wish, accepted=wish is not rejected)
        self._until(
            "originals judged",
            lambda: (
                self._paper(rejected) == "rejected"
                and all(self._paper(wish) == "accepted" for wish in signed if wish is not rejected)
            ),
        )
        self._people.sign_anew(rejected)
        self._people.approve_papers(rejected)
        self._people.send_paper(rejected, "1000099")
        self._until("the second original told", self._money.nothing_leaves)
        self._at(5, "11:00")
        self._people.paper_arrives(rejected)
        self._judge(rejected, accepted=True)
        self._until("the second original", lambda: self._paper(rejected) == "accepted")
        self._item("один не принят: подписан ещё раз и принят", "one was rejected: signed once more, and accepted")

    def _goods_come_back(self) -> None:
        self._at(5, "15:00")
        self._say("Шкаф вернули: банку уходит платёжное поручение", "The wardrobe comes back: the lender is paid back")
        back = BY_KEY["returned"]
        self._people.give_back(back, back.line.amount)
        self._until("payment to the lender", lambda: bool(self._money.waiting()))
        self._money.sign_all()
        self._until("goods returned", lambda: self._people.application(back).state == "returned")
        self._money.lenders_got_back()
        self._evening(5)

    def _statements(self) -> None:
        """Statements of account; one shop agrees and is paid by its debit line."""
        self._at(7, "10:00")
        self._say("Отчёты магазинам", "Statements for the shops")
        self._money.close_period()
        self._money.accept(self._desks[ELECTRONICS])
        self._item(f"{self._desks[ELECTRONICS].name} согласен", f"{self._desks[ELECTRONICS].name} agrees")
        self._until("the first payout", lambda: bool(self._money.waiting()))
        self._money.sign_all()
        self._until("the first shop paid", lambda: self._money.paid_statements() == 1)

    def _silence(self) -> None:
        """The other shop says nothing for five working days, which is a yes too."""
        lapses = self._money.silence_ends()
        self._stage.wait_till(at_moscow(lapses, time(10, 0)))
        self._say(
            f"{self._desks[FURNITURE].name} молчит пять рабочих дней: отчёт принят",
            f"{self._desks[FURNITURE].name} says nothing for five working days: accepted",
        )
        self._until("the second payout", lambda: bool(self._money.waiting()))
        self._money.sign_all()
        self._until("the second shop paid", lambda: self._money.paid_statements() == 2)
        self._until("everything at its end", lambda: set(self.ended().values()) <= _ENDED)
        self._item("поручения подписаны двумя людьми и исполнены", "orders signed by two people, and executed")

    # ------------------------------------------------------------------ inside

    def _evening(self, day: int) -> None:
        """Lenders pay the day's loans in one sum each, with a registry; the bank closes its day."""
        self._at(day, "19:30")
        self._stage.turn()
        for lender in LENDERS:
            payout = self._money.lender_pays(lender)
            if payout is not None:
                name = self._stage.lenders.account(lender).name
                self._item(
                    f"{name}: {payout.amount.screen_text()} одним платежом, договоров: {len(payout.lines)}",
                    f"{name}: {payout.amount.screen_text()} in one payment, agreements: {len(payout.lines)}",
                )
        self._until("the lenders' money", self._money.all_allocated)
        self._stage.sandbox.close_day()
        self._stage.turn()

    def _judge(self, wish: Wish, *, accepted: bool) -> None:
        reason = "" if accepted else "нет подписи на второй странице"
        self._stage.lenders.judge_original(wish.lender, self._people.ids[wish.key], accepted=accepted, reason=reason)

    def _expect(self, state: str, key: str) -> None:
        if self._people.application(BY_KEY[key]).state != state:
            raise Unavailable("demo.went_otherwise", what=key)

    def _signing(self, wish: Wish) -> str:
        row = self._people.agreement(wish)
        return "" if row is None else str(row.signing)

    def _paper(self, wish: Wish) -> str:
        row = self._people.agreement(wish)
        return "" if row is None else str(row.original)

    def _wishes(self, *keys: str) -> Iterable[Wish]:
        return (BY_KEY[key] for key in keys)

    def _at(self, day: int, hour: str) -> None:
        self._stage.wait_till(at_moscow(self._began + timedelta(days=day), time.fromisoformat(hour)))

    def _until(self, what: str, ready: Callable[[], bool]) -> None:
        self._stage.until(what, ready)

    def _say(self, ru: str, en: str) -> None:
        now = self._stage.clock.now().astimezone(MOSCOW)
        self._tell(f"{self._scene:>5}  {now:%d.%m %H:%M}  {ru}", f"{self._scene:>5}  {now:%Y-%m-%d %H:%M}  {en}")

    def _item(self, ru: str, en: str) -> None:
        self._tell(f"{_INDENT}{ru}", f"{_INDENT}{en}")
