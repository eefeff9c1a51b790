"""The pictures of the README, taken anew: `python -m tests.e2e.screens`, or `… screens bank` (or `payments`, `loans`,
`parcels`) for that page's only.

Plays the demo's story on a fresh home through the real processes, then opens the real tray on a real X screen. The
bank, the payments, the loans and the parcels pages are taken from the make-believe service, which has one thing in
every state.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from gateway.bank.sandbox.launch import launch
from gateway.service.config import Home
from gateway.service.demo.prepare import CREDENTIALS
from gui.api.fake import FakeDaemon, World
from tests.e2e.test_tray_service import until
from tests.e2e.tray_desk import ARTEFACTS, Desk, Tray

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
PAGES = {"Заказы": "orders", "Сборка": "picks", "Звонки": "calls", "Здоровье": "health"}


BANK = ("bank", "bank_form")
PAYMENTS = ("payments", "payments_by_hand", "payments_rules", "payments_payout", "registries")
PARCELS = ("parcels", "parcels_messages")
LOANS = ("loans", "calls_centre", "settlement")


def bank() -> None:
    """Write the pictures of the bank page."""
    folder = Path(tempfile.mkdtemp(prefix="kvit-screens-"))
    daemon = FakeDaemon(World(payments=50, outgoing=300, role="accountant")).start()
    daemon.announce(folder / "home")
    with Desk() as desk, Tray(desk, folder / "home", folder, "--page", "bank") as tray:
        tray.click("Все · ")
        tray.click_row("Платёжные поручения", "Стекло-Арт")
        tray.until(lambda: "подменяют реквизиты" in tray.texts(), "the order with its warning")
        desk.picture("screen_bank")
        tray.click_row("Платёжные поручения", "Транспортная компания")
        tray.until(lambda: "Поручение № 127" in tray.texts(), "an order to copy")
        tray.click("Заплатить ещё раз…")
        tray.until(lambda: "Банк прочтёт" in tray.texts(), "the form")
        for key in "23560":
            desk.press(key)
        tray.click("Предложить")
        tray.until(lambda: "Похоже на повтор" in tray.texts(), "the warning")
        desk.picture("screen_bank_form")
    daemon.stop()
    publish(BANK)


def payments() -> None:
    """Write the pictures of the payments page."""
    folder = Path(tempfile.mkdtemp(prefix="kvit-screens-"))
    world = World(payments=50, role="accountant")
    world.rules.pop("pr-1")  # its payer waits in the queue, for the rule to be learned
    daemon = FakeDaemon(world).start()
    daemon.announce(folder / "home")
    with Desk() as desk, Tray(desk, folder / "home", folder, "--page", "payments") as tray:
        tray.click_row("Платежи", "Оплата за рамы по счету № 1026")
        tray.until(lambda: "Запомнить: этот плательщик" in tray.texts(), "the suggestion with its rule")
        desk.press("m")
        tray.until(lambda: "Товар по правилу не отпускается" in tray.texts(), "what will follow")
        desk.picture("screen_payments")
        desk.press("s")
        tray.until(lambda: "Добавить счёт" in tray.texts(), "the split")
        desk.press("F8")
        for key in "1026":
            desk.press(key)
        time.sleep(1)  # the list is asked for once typing pauses
        desk.press("Return")
        tray.until(lambda: "Всё разнесено" in tray.texts(), "the sum")
        desk.picture("screen_payments_by_hand")
        desk.press("Escape")
        tray.click_row("Платежи", "реестр № 119")
        tray.until(lambda: "не сходится" in tray.texts() or "разница" in tray.texts(), "the registry")
        desk.picture("screen_payments_payout")
        desk.press("r")
        tray.until(lambda: "Кто за кого платит" in tray.texts(), "the rules")
        time.sleep(1)  # the counts of the filters come after the list
        desk.picture("screen_payments_rules")
        desk.press("Escape")
        tray.click("Показать реестр № 119")
        tray.until(lambda: "Отозвать…" in tray.texts(), "the registry on its own page")
        tray.click_row("Реестры", "77-12")
        tray.until(lambda: "Деньги по нему не разносятся" in tray.texts(), "the one that does not add up")
        desk.picture("screen_registries")
    daemon.stop()
    publish(PAYMENTS)


def loans() -> None:
    """Write the pictures of the loans: the board with an application, a call, a statement."""
    folder = Path(tempfile.mkdtemp(prefix="kvit-screens-"))
    daemon = FakeDaemon(World(payments=50, loans=300, role="owner")).start()
    daemon.announce(folder / "home")
    with Desk() as desk, Tray(desk, folder / "home", folder, "--page", "loans") as tray:
        tray.until(lambda: tray.rows("Заявки"), "the applications")
        tray.click_row("Заявки", "47 Подписание")
        tray.until(lambda: "Заявка №\u00a047" in tray.texts(), "the application")
        desk.picture("screen_loans")
        tray.click("Колл-центр")
        tray.until(lambda: "F2 — следующий звонок" in tray.texts(), "the queue")
        desk.press("F2")
        tray.until(lambda: "Чем кончился звонок?" in tray.texts(), "the call")
        desk.press("F6")
        tray.until(lambda: "Зачитайте согласие" in tray.texts(), "the questionnaire")
        time.sleep(1)  # the fields come after the words above them
        desk.picture("screen_calls_centre")
        tray.click("Расчёты")
        tray.until(lambda: tray.rows("Ведомости"), "the statements")
        tray.click_row("Ведомости", "Выплачена")
        tray.until(lambda: "деньги ушли" in tray.texts(), "the proof")
        time.sleep(1)  # the lines come after the statement
        desk.picture("screen_settlement")
    daemon.stop()
    publish(LOANS)


def parcels() -> None:
    """Write the pictures of the parcels page."""
    folder = Path(tempfile.mkdtemp(prefix="kvit-screens-"))
    daemon = FakeDaemon(World(payments=50, parcels=300, role="manager")).start()
    daemon.announce(folder / "home")
    with Desk() as desk, Tray(desk, folder / "home", folder, "--page", "parcels") as tray:
        tray.until(lambda: tray.rows("Отправления"), "the parcels")
        tray.click_row("Отправления", "Мельников")
        tray.until(lambda: "Хранится для получателя" in tray.texts(), "the parcel")
        time.sleep(1)  # the sums come after the rows
        desk.picture("screen_parcels")
        tray.click("Сообщения · 3")
        tray.until(lambda: "писать можно" in tray.texts(), "the messages")
        desk.picture("screen_parcels_messages")
    daemon.stop()
    publish(PARCELS)


def publish(names: Iterable[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(ARTEFACTS / f"screen_{name}.png", FOLDER / f"{name}.png")


def main(arguments: Sequence[str]) -> int:
    """Write docs/screens/*.png."""
    os.environ["TZ"] = "Europe/Moscow"
    pages = {"bank": bank, "payments": payments, "loans": loans, "parcels": parcels}
    for name in [name for name in pages if name in arguments] or list(pages):
        pages[name]()
    if arguments:
        return 0
    home = Home(Path(tempfile.mkdtemp(prefix="kvit-screens-")) / "home")
    environment = {**os.environ, "LANG": "ru_RU.UTF-8", "TZ": "Europe/Moscow"}
    subprocess.run(
        [sys.executable, "-m", "gateway.service.cli", "demo", "--once", "--json", "--home", str(home.root)],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    environment["CREDENTIALS_DIRECTORY"] = str(home.root / CREDENTIALS)
    with launch(home.root), (home.logs / "serve.out").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "gateway.service.cli", "serve", "--home", str(home.root)],
            env=environment,
            stderr=log,
        )
        until(home.connection_file.exists, "the service")
        with Desk() as desk, Tray(desk, home.root, home.root) as tray:
            tray.until(lambda: tray.rows("Платежи"), "the first table")
            tray.click_row("Платежи", "Золотой Багет")
            tray.until(lambda: "Подтверждение" in tray.texts(), "the payment")
            desk.picture("screen_tray")
            for page, name in PAGES.items():
                tray.click(page)
                until(lambda: tray.texts(), "the page", 3)
                subprocess.run(["sleep", "1"], check=True)
                desk.picture(f"screen_{name}")
        service.terminate()
        service.wait(30)
    publish(("tray", *PAGES.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
