"""From the start of the process to the first table on the screen, beside a bare PySide6 window in the same run.

    python tests/benchmarks/bench_tray.py [--payments N] [--runs N]

The tray talks to the make-believe service over HTTP: who am I, how is it, 200 payments. The peer opens one empty table
and nothing else: what Qt itself takes. Both are timed by the system's own account of when the process was made, the
runs in turns, so that other work on the machine hits both. Then 300 jumps of the scroll bar through all payments.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PEER = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QTableWidget
from gui.started import seconds_since_start
application = QApplication(sys.argv)
table = QTableWidget(24, 7)
table.resize(1300, 800)
def shown():
    print(f"{seconds_since_start():.3f}")
    application.quit()
table.show()
QTimer.singleShot(0, shown)
application.exec()
"""

JUMPS = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.payments import PaymentsPage
application = QApplication(sys.argv[:1])
theme.apply(application, "light", 1.0)
session = Session(Path(sys.argv[1]))
page = PaymentsPage(session, Settings(Path(sys.argv[2])))
page.resize(1300, 800)
page.show()
session.me_changed.connect(page.reload)
session.start()
wait = QEventLoop()
page.first_loaded.connect(wait.quit)
QTimer.singleShot(30_000, wait.quit)
wait.exec()
bar, times = page.table.verticalScrollBar(), []
for jump in range(300):
    started = time.perf_counter()
    bar.setValue(bar.maximum() * ((jump * 7919) % 300) // 300)
    page.table.viewport().repaint()
    times.append((time.perf_counter() - started) * 1000)
    application.processEvents()
times.sort()
print(json.dumps({"rows": page.model.total, "median_ms": times[150], "p99_ms": times[297], "worst_ms": times[-1]}))
session.close()
"""


def run(*command: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    if not env.get("DISPLAY"):
        env["QT_QPA_PLATFORM"] = "offscreen"
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=True, env=env, cwd=ROOT, timeout=120
    )
    return done.stdout.strip().splitlines()[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payments", type=int, default=100_000, help="payments in the service (default 100000)")
    parser.add_argument("--runs", type=int, default=5, help="starts of each (default 5)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, settings = Path(folder) / "home", Path(folder) / "tray.ini"
        serve = ["-m", "gui.api.fake", "--home", str(home), "--payments", str(arguments.payments)]
        service = subprocess.Popen([sys.executable, *serve], cwd=ROOT, stdout=subprocess.PIPE)
        try:
            assert service.stdout is not None
            service.stdout.readline()  # it listens
            start = ["-m", "gui", "--home", str(home), "--settings", str(settings), "--quit-after-first-table"]
            run(*start), run("-c", PEER)  # the first ones read the disk
            ours, bare = [], []
            for _ in range(arguments.runs):
                ours.append(float(run(*start)))
                bare.append(float(run("-c", PEER)))
            jumps = json.loads(run("-c", JUMPS, str(home), str(settings)))
        finally:
            service.terminate()
            service.wait(10)
            service.stdout.close()
    mine, peer = statistics.median(ours), statistics.median(bare)
    print(
        f"tray start to first table: {mine:.2f} s (best {min(ours):.2f}); bare PySide6 window: {peer:.2f} s "
        f"(best {min(bare):.2f}); ours on top of Qt's own: {mine - peer:+.2f} s, {mine / peer:.1f} times"
    )
    print(
        f"{jumps['rows']:,} payments, 300 jumps of the scroll bar: median {jumps['median_ms']:.1f} ms, "
        f"p99 {jumps['p99_ms']:.1f} ms, worst {jumps['worst_ms']:.1f} ms (60 pictures a second leave 16.7 ms)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
