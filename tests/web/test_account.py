"""The shop account, page by page, the way a person goes through it."""

from __future__ import annotations

import io
import re
from html import unescape

from openpyxl import load_workbook

from gateway.core.authority import SERVICE
from gateway.flows.loan_release import settle_application
from gateway.loans import identity, signing
from gateway.loans.model import SigningWay
from gateway.loans.papers import GoodsState, OriginalState, SigningState
from gateway.settlement import register, statements
from gateway.settlement.model import Party, PartyKind
from gateway.store import Unit
from tests.loans.house import MANAGER
from tests.settlement.house import line
from tests.web.world import PASSPORT, PDF, World


def shown(page: str) -> str:
    """What a person reads, without the random marks in the attributes of forms."""
    return re.sub(r"<[^>]*>", " ", page)


def test_from_an_offer_to_the_goods_at_the_counter(world: World) -> None:
    application_id = world.approved()
    card = f"/shop/applications/{application_id}"
    manager = world.person("manager")
    page = manager.get(card).text
    assert "3 893,84" in page.replace("\u00a0", " ")
    assert "Подписание бесплатно" in page
    done = manager.follow(manager.send(card, f"{card}/confirm", choice="soap|O-1|clerk"))
    assert "Заявка подтверждена" in done.text
    assert world.house.row(application_id).signing_way == "clerk"


def test_the_counter_checks_signs_hands_over(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    clerk = world.person("clerk")
    blind = clerk.get(f"{card}/identity").text
    assert PASSPORT not in blind and PASSPORT[-3:] not in shown(blind)
    compared = clerk.send(f"{card}/identity", f"{card}/identity", passport="45 10 123456", photo="yes", place="ТЦ")
    assert "Паспорт совпал" in clerk.follow(compared).text
    signed = clerk.follow(clerk.send(card, f"{card}/sign", signed="yes"))
    assert "Подпись записана" in signed.text and "Товар можно отдавать" in signed.text
    assert world.paper(application_id).goods == GoodsState.RELEASED
    scan = {"file": ("scan.pdf", PDF + b"signed", "application/pdf")}
    brought = clerk.follow(clerk.send(card, f"{card}/documents", files=scan, kind="signed"))
    assert "scan.pdf" in brought.text
    clerk.follow(clerk.send(card, f"{card}/original", carrier="Почта", waybill="80100"))
    clerk.follow(clerk.send(card, f"{card}/delivered"))
    paper = world.paper(application_id)
    assert (paper.signing, paper.original) == (SigningState.SIGNED, OriginalState.IN_TRANSIT)
    assert paper.goods == GoodsState.COMMITTED and paper.holder == "carrier:Почта"
    assert world.told["changed"] == 5


def test_two_failures_stop_the_signing(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    clerk = world.person("clerk")
    typed = {"passport": "4510 123457", "photo": "yes", "place": "ТЦ"}
    unread = clerk.send(f"{card}/identity", f"{card}/identity", **{**typed, "passport": "12"})
    assert unread.status_code == 422 and "Осталось попыток: 2" in unread.text
    first = clerk.follow(clerk.send(f"{card}/identity", f"{card}/identity", **typed))
    assert "осталась одна попытка" in first.text
    assert "Осталось попыток: 1" in clerk.get(f"{card}/identity").text
    second = clerk.follow(clerk.send(f"{card}/identity", f"{card}/identity", **{**typed, "photo": "no"}))
    assert "подписание остановлено" in second.text
    assert world.paper(application_id).signing == SigningState.STOPPED
    assert "4510" not in shown(first.text + second.text), "what was typed is repeated nowhere"
    assert f"{card}/identity" not in second.text, "no third attempt is offered"


def test_a_form_sent_twice_acts_once(world: World) -> None:
    application_id = world.agreed()
    address = f"/shop/applications/{application_id}/identity"
    clerk = world.person("clerk")
    given = clerk.forms(clerk.get(address))[address] | {"passport": "1111111111", "photo": "yes", "place": "ТЦ"}
    replies = [clerk.client.post(address, data=given) for _ in range(2)]
    assert [reply.headers["location"].split("=")[1] for reply in replies] == ["identity_failed"] * 2
    assert world.paper(application_id).identity_failures == 1
    changed = clerk.client.post(address, data={**given, "passport": "2222222222"})
    assert changed.status_code == 422, "another request under the same key"
    assert "1111111111" not in repr(world.house.journalled())


def test_an_old_page_does_not_overwrite_what_happened_since(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    manager, clerk = world.person("manager"), world.person("clerk")
    old = manager.forms(manager.get(card))[f"{card}/refuse"]
    clerk.send(f"{card}/identity", f"{card}/identity", passport="4510123456", photo="yes", place="ТЦ")
    reply = manager.client.post(f"{card}/refuse", data={**old, "reason": "changed_mind"})
    assert reply.status_code == 409 and 'role="alert"' in reply.text
    assert world.paper(application_id).signing == SigningState.IDENTITY_CHECKED


def test_the_buyer_refuses_and_the_goods_stay(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    manager = world.person("manager")
    page = manager.follow(manager.send(card, f"{card}/refuse", reason="changed_mind", remark="Сидоровой не надо"))
    assert "Отказ записан" in page.text and "передумал" in page.text and "Сидоровой" not in page.text
    assert world.house.row(application_id).state == "cancelled"
    assert "Товар можно отдавать" not in page.text


def test_the_manager_calls_it_off(world: World) -> None:
    application_id = world.approved()
    card = f"/shop/applications/{application_id}"
    manager = world.person("manager")
    without = manager.send(card, f"{card}/cancel", by="shop", reason="нет товара")
    assert without.status_code == 422 and "Выберите один из вариантов" in without.text
    assert manager.send(card, f"{card}/cancel", by="lender", reason="no_goods").status_code == 422
    assert manager.send(card, f"{card}/cancel", by="shop", reason="declined").status_code == 422, "not for people"
    done = manager.follow(manager.send(card, f"{card}/cancel", by="shop", reason="no_goods", remark="нет у Иванова"))
    assert "Заявка отменена" in done.text and "(магазин): нет товара" in done.text and "у Иванова" not in done.text
    assert world.house.row(application_id).ended_by == "shop"


def test_a_new_application_at_the_counter(world: World) -> None:
    manager = world.person("manager")
    new = "/shop/applications/new"
    wrong = manager.send(new, new, phone="12", goods="45 990,50", months="12")
    assert wrong.status_code == 422 and 'value="45 990,50"' in wrong.text, "what was typed stays"
    assert manager.send(new, new, phone="+79161231234", goods="сорок").status_code == 422
    made = manager.follow(manager.send(new, new, phone="+79161231234", goods="45 990,50", down="990.5", months="12"))
    assert "Заявка принята" in made.text and "45 990,50" in made.text.replace("\u00a0", " ")


def test_name_and_phone_are_shown_when_asked_for_and_that_is_journalled(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    clerk = world.person("clerk")
    assert "1231234" not in clerk.get(card).text
    shown = clerk.send(card, f"{card}/buyer")
    assert "+79161231234" in shown.text and "Иванов" in shown.text
    assert len(world.house.journalled("loan.personal_read")) == 1


def test_the_agreement_comes_as_a_file_nobody_else_opens(world: World) -> None:
    application_id = world.agreed()
    manager = world.person("manager")
    page = manager.get(f"/shop/applications/{application_id}").text
    address = page.split('href="')[1:]
    file = next(one.split('"')[0] for one in address if "/documents/" in one)
    reply = manager.get(file)
    assert reply.content == PDF and reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"].startswith("attachment;")
    assert reply.headers["cache-control"] == "no-store"
    other = world.approved(phone="+79161231299")
    moved = file.replace(application_id, other)
    assert manager.get(moved).status_code == 404, "a paper is found under its own application only"


def test_what_a_buyer_typed_is_text_and_never_markup(world: World) -> None:
    evil = '"><script>alert(1)</script>'
    world.site().post("/shop/v1/applications", json={"phone": "+79161231234", "order": evil, "name": evil})
    manager = world.person("manager")
    page = manager.get("/shop/applications").text
    assert "<script" not in page and "&lt;script&gt;" in page
    search = manager.get("/shop/applications?find=%22%3E%3Cscript%3E").text
    assert "<script" not in search


def test_the_list_is_found_by_stage_and_number(world: World) -> None:
    approved = world.approved(order="A-17")
    world.house.apply("B-1", phone="+79161231299")
    manager = world.person("manager")

    def rows(query: str) -> list[str]:
        page = manager.get(f"/shop/applications{query}").text
        return [part.split('"')[0] for part in page.split('<a href="/shop/applications/')[1:]]

    assert len(rows("")) == 2
    assert rows("?stage=decision") == [approved]
    assert rows("?find=A-17") == [approved] and rows("?find=1") == [approved]
    assert rows("?find=nothing") == []
    assert world.person("stranger").get("/shop/applications?find=A-17").text.count("A-17") == 1, "the search field only"


def test_a_long_list_goes_on(world: World) -> None:
    for place in range(60):
        world.house.apply(f"N-{place}", phone=f"+7916123{place:04d}")
        world.house.later(seconds=1)
    manager = world.person("manager")
    first = manager.get("/shop/applications").text
    further = unescape(first.split("Показать ещё")[0].rpartition('href="')[2].split('"')[0])
    second = manager.get(further).text
    orders = [part.split("<")[0] for page in (first, second) for part in page.split('data-name="Заказ">')[1:]]
    assert orders == [f"N-{place}" for place in reversed(range(60))]


def statement(world: World) -> str:
    party = Party(PartyKind.SHOP, world.house.shop)

    def make(unit: Unit) -> str:
        for place in range(3):
            register.append(unit, line(f"e{place}", party=party))
        found = statements.open_period(unit, party, "Магазин", line("e1").on)
        assert found is not None
        statements.send(unit, found)
        return found

    return world.house.do(SERVICE, make)


def test_a_statement_is_read_and_accepted(world: World) -> None:
    address = f"/shop/statements/{statement(world)}"
    manager = world.person("manager")
    assert "ждёт ответа" in manager.get("/shop/statements").text
    page = manager.get(address).text.replace("\u00a0", " ")
    assert page.count("90,00 ₽") == 3 and "270,00 ₽" in page
    done = manager.follow(manager.send(address, f"{address}/accept"))
    assert "Отчёт принят" in done.text and f"{address}/accept" not in done.text


def test_a_statement_is_disputed_with_a_remark(world: World) -> None:
    address = f"/shop/statements/{statement(world)}"
    manager = world.person("manager")
    empty = manager.send(address, f"{address}/dispute", remark="  ")
    assert empty.status_code == 422 and "Напишите, с чем вы не согласны" in empty.text
    done = manager.follow(manager.send(address, f"{address}/dispute", remark="КД-e1: <b>не было</b>"))
    assert "Замечание отправлено" in done.text and "&lt;b&gt;не было" in done.text


def test_a_statement_is_printed_with_its_act_and_downloaded_with_the_same_sums(world: World) -> None:
    address = f"/shop/statements/{statement(world)}"
    manager = world.person("manager")
    assert f"{address}/print" in manager.get(address).text
    paper = manager.get(f"{address}/print").text.replace("\u00a0", " ")
    assert paper.count('class="sheet"') == 2 and "К перечислению: 270,00 ₽" in paper
    assert "Перенесено из прошлых отчётов" in paper and "ИНН" in paper and "Акт № 1" in paper
    assert "в том числе НДС" in paper and "5,40 ₽" in paper  # three fees of 10.00 at 22 %
    file = manager.client.get(f"{address}/statement.xlsx")
    assert 'filename="statement-1.xlsx"' in file.headers["content-disposition"]
    book = load_workbook(io.BytesIO(file.content))
    assert book.sheetnames == ["Отчёт", "Акт"]
    totals = next(row for row in book["Отчёт"].iter_rows(values_only=True) if row[0] == "Итого")
    assert totals[3:7] == (300, 30, 5.4, 270)


def test_a_statement_is_one_shops_and_before_it_is_sent_nobodys(world: World) -> None:
    address = f"/shop/statements/{statement(world)}"
    stranger, pages = world.person("stranger"), ("", "/print", "/statement.xlsx")
    assert [stranger.get(address + page).status_code for page in pages] == [404, 404, 404]
    assert "№ 1" not in stranger.get("/shop/statements").text
    party = Party(PartyKind.SHOP, world.house.other)

    def open_only(unit: Unit) -> str | None:
        register.append(unit, line("other", party=party))
        return statements.open_period(unit, party, "Чужая", line("other").on)

    unsent = f"/shop/statements/{world.house.do(SERVICE, open_only)}"
    assert [stranger.get(unsent + page).status_code for page in pages] == [404, 404, 404]


def test_every_page_is_whole_in_both_languages(world: World) -> None:
    """A missing word shows itself as its code."""
    approved, agreed = world.approved(order="A-1"), world.agreed(order="A-2", phone="+79161231299")
    one = statement(world)
    for language in ("ru", "en"):
        manager = world.person("manager", language)
        for path in (
            "/shop/applications", "/shop/applications/new", f"/shop/applications/{approved}",
            f"/shop/applications/{agreed}", f"/shop/applications/{agreed}/identity", "/shop/statements",
            f"/shop/statements/{one}", f"/shop/statements/{one}/print",
            "/shop/help", "/shop/help/passport", "/shop/button", "/consent",
        ):  # fmt: skip
            page = manager.get(path)
            assert page.status_code == 200, path
            assert not re.findall(r"\b(?:web|loan)\.[a-z_]+\b", page.text), path
            assert f'<html lang="{language}">' in page.text
            assert "<script" not in page.text.replace("&lt;script", "") and " style=" not in page.text


def test_goods_that_came_back_are_reported(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    clerk, manager = world.person("clerk"), world.person("manager")
    clerk.send(f"{card}/identity", f"{card}/identity", passport="4510123456", photo="yes", place="ТЦ")
    assert f"{card}/returned" not in manager.get(card).text, "nothing has left yet"
    clerk.send(card, f"{card}/sign", signed="yes")
    clerk.send(card, f"{card}/delivered")
    assert f"{card}/returned" not in clerk.get(card).text
    much = manager.send(card, f"{card}/returned", goods="50 000", reason="defect")
    assert much.status_code == 422 and 'role="alert"' in much.text
    done = manager.follow(manager.send(card, f"{card}/returned", goods="45 990", reason="defect"))
    assert "Возврат записан" in done.text
    assert world.paper(application_id).goods == GoodsState.RETURNED
    assert world.told["changed"] == 4
    assert len(world.house.left("loan.returned")) == 1


def test_the_card_says_what_the_goods_wait_for(world: World) -> None:
    application_id = world.agreed(SigningWay.BRANCH)
    card = f"/shop/applications/{application_id}"
    manager = world.person("manager")
    world.house.do(MANAGER, lambda u: identity.check(u, world.house.terms, application_id, PASSPORT, True, "Отделение"))
    world.house.do(MANAGER, lambda u: signing.sign(u, world.house.terms, application_id))
    world.house.do(SERVICE, lambda u: settle_application(u, world.room.terms, world.house.terms, application_id))
    page = manager.get(card).text
    assert "Товар пока не отдавайте" in page and "Деньги банка поступили и доказаны" in page
    assert f"{card}/sign" not in page, "the shop does not sign what the branch does"
    assert f"{card}/original" not in page, "nor hand over a paper somebody else has"
    held = manager.client.post(
        f"{card}/shipped", data={"mark": manager.forms(manager.get(card))["/shop/logout"]["mark"]}
    )
    assert held.status_code == 422 and world.paper(application_id).goods == GoodsState.HELD
