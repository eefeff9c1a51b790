"""Two people at two trays on a real X screen: one proposes a payment, the other signs it, the bank carries it out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.api.fake import FakeDaemon, World
from gui.api.fake.outgoing import move
from gui.api.fake.records import OutgoingRecord
from tests.e2e.tray_desk import PACKAGES, Desk, Tray, missing

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for Linux"),
    pytest.mark.skipif(bool(missing()), reason=f"{', '.join(missing())} missing (apt-get install {PACKAGES})"),
]
QUEUE = "Платёжные поручения"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Desk() as made:
        yield made


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    made = FakeDaemon(World(payments=50, outgoing=300, role="accountant")).start()
    made.announce(tmp_path / "accountant")
    made.announce(tmp_path / "director", role="director")
    yield made
    made.stop()


def state(tray: Tray, words: str) -> str:
    row = next((r for r in tray.rows(QUEUE) if words in " ".join(r["texts"])), None)
    return " ".join(row["texts"]) if row else ""


def proposed(world: World) -> list[OutgoingRecord]:
    return [order for name, order in world.outgoing.items() if name.startswith("po-n")]


def test_a_payment_is_proposed_by_one_and_signed_by_another(daemon: FakeDaemon, desk: Desk, tmp_path: Path):
    world = daemon.world
    with Tray(desk, tmp_path / "accountant", tmp_path, "--page", "bank") as tray:
        tray.until(lambda: tray.rows(QUEUE), "the queue")
        desk.picture("bank_1_queue")
        tray.click("Исполнены · ")
        tray.click_row(QUEUE, "заявка 433")
        tray.until(lambda: "Поручение № 122" in tray.texts(), "the order")
        tray.click("Заплатить ещё раз…")
        tray.until(lambda: "Банк прочтёт: Оплата перевозки, заявка 433." in tray.texts(), "the form")
        for key in "19800":
            desk.press(key)
        tray.until(lambda: "В т.ч. НДС (22%) 3570-49" in tray.texts(), "the sum to be counted with")
        desk.picture("bank_2_form")
        tray.click("Предложить")
        tray.until(lambda: "Похоже на повтор" in tray.texts(), "the warning")
        assert not proposed(world), "nothing is proposed before the warning is confirmed"
        assert not tray.find("Подтвердить и предложить")
        desk.picture("bank_3_warning")
        tray.click("Подтверждаю: ")
        tray.click("Подтвердить и предложить")
        tray.until(lambda: proposed(world), "the service to hear of it")
        [order] = proposed(world)
        assert (order.amount, order.state, order.approved_by) == (1_980_000, "waiting_approval", [world.user])
        tray.until(lambda: f"Поручение № {order.number}" in tray.texts(), "the new order")
        tray.until(lambda: "1 подпись из 2" in state(tray, order.number), "its row")
        tray.until(lambda: "Вы уже подписали" in tray.texts(), "the reason why not")
        assert not tray.find("Подписать")
        desk.picture("bank_4_one_signature")
    with Tray(desk, tmp_path / "director", tmp_path, "--page", "bank") as tray:
        tray.click_row(QUEUE, order.number)
        tray.until(lambda: f"Поручение № {order.number}" in tray.texts() and tray.find("Подписать"), "the signature")
        tray.click("Подписать")
        tray.until(lambda: "Похоже на повтор" in tray.texts() and tray.find("Подтверждаю: "), "the warning")
        tray.click("Подтверждаю: ")
        tray.click("Подтвердить и подписать")
        tray.until(lambda: order.state == "approved", "the second signature")
        assert order.approved_by == ["Мария Ковалёва", "Анна Верещагина"]
        tray.until(lambda: "Подписано, уходит в банк" in tray.texts(), "the state on the screen")
        tray.click("Все · ")
        for step, now in (("prepare", "sending"), ("taken", "sent"), ("accept", "accepted"), ("execute", "executed")):
            move(world, order.id, step, now)
        tray.until(lambda: "исполнено" in state(tray, order.number), "the bank to have paid")
        tray.until(lambda: "Подтверждение: деньги списаны" in tray.texts(), "the proof")
        desk.picture("bank_5_executed")


def test_a_window_of_a_small_screen_in_the_dark(daemon: FakeDaemon, desk: Desk, tmp_path: Path):
    daemon.world.certificate_days = 5
    daemon.world.poll("failed")
    arguments = ("--page", "bank", "--theme", "dark", "--size", "1180x700")
    with Tray(desk, tmp_path / "accountant", tmp_path, *arguments) as tray:
        tray.until(lambda: tray.rows(QUEUE), "the queue")
        tray.until(lambda: "осталось 5 дней" in tray.texts() and "kvit bank renew" in tray.texts(), "the certificate")
        tray.until(lambda: "опрос не удался" in tray.texts(), "the failed poll")
        for name in ("Новое поручение…", "Отозвать…", "Отклонить…", "Подписать"):
            tray.until(lambda name=name: tray.find(name, enabled=False), name)
        tray.until(lambda: "Поручение № 130" in tray.texts(), "the order beside the list")
        desk.picture("bank_6_small_dark")
