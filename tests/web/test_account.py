"""The shop account, page by page, the way a person goes through it."""

from __future__ import annotations

from gateway.loans.papers import GoodsState, OriginalState, SigningState
from tests.web.world import PASSPORT, PDF, World


def test_from_an_offer_to_the_goods_at_the_counter(world: World) -> None:
    application_id = world.approved()
    card = f"/shop/applications/{application_id}"
    manager = world.person("manager")
    page = manager.get(card).text
    assert "389" not in world.tokens["manager"] and "3 893,84" in page.replace("\u00a0", " ")
    assert "Подписание бесплатно" in page
    done = manager.follow(manager.send(card, f"{card}/confirm", choice="soap|O-1|clerk"))
    assert "Заявка подтверждена" in done.text
    assert world.house.row(application_id).signing_way == "clerk"


def test_the_counter_checks_signs_hands_over(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    clerk = world.person("clerk")
    blind = clerk.get(f"{card}/identity").text
    assert PASSPORT not in blind and PASSPORT[-3:] not in blind
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
