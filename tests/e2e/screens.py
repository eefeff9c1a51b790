"""The pictures of the README, taken anew: `python -m tests.e2e.screens`, or `… screens bank` for the bank page's only.

Plays the demo's story on a fresh home through the real processes, then opens the real tray on a real X screen. The bank
page is taken from the make-believe service, which has a payment order in every state.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
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


def publish(names: Iterable[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(ARTEFACTS / f"screen_{name}.png", FOLDER / f"{name}.png")


def main(arguments: Sequence[str]) -> int:
    """Write docs/screens/*.png."""
    os.environ["TZ"] = "Europe/Moscow"
    bank()
    if "bank" in arguments:
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
