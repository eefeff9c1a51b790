"""The pictures of the README, taken anew: `python -m tests.e2e.screens`.

Plays the demo's story on a fresh home through the real processes, then opens the real tray on a real X screen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from gateway.bank.sandbox.launch import launch
from gateway.service.config import Home
from gateway.service.demo.prepare import CREDENTIALS
from tests.e2e.test_tray_service import until
from tests.e2e.tray_desk import ARTEFACTS, Desk, Tray

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
PAGES = {"Заказы": "orders", "Сборка": "picks", "Звонки": "calls", "Здоровье": "health"}


def main() -> int:
    """Write docs/screens/*.png."""
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
        os.environ["TZ"] = "Europe/Moscow"
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
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("tray", *PAGES.values()):
        shutil.copyfile(ARTEFACTS / f"screen_{name}.png", FOLDER / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
