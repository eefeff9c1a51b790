"""1C:DirectBank: a statement of 20,000 lines read beside lxml that merely iterates it, and a poll of 1,000 packets.

    python -m tests.benchmarks.bench_directbank [--lines N] [--packets N]

The poll is a whole one, against the sandbox bank in a process of its own: logon, list, and each packet fetched, kept
raw and committed, proved by its signature and acknowledged. The sandbox bank gives a packet again (`repeatable` in its
profile), so some packets share a commit; `--once` measures the poll of a bank that may not. The peer fetches the same
packets of the same bank over one TLS connection and throws them away, half of them before our poll and half behind it:
what bank and line alone cost.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import re
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from gateway.bank import inbox
from gateway.bank.archive import proof_of
from gateway.bank.channel import EvidenceKind
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.memory import StoredMemory
from gateway.bank.directbank.profile import Agreement, DirectBankProfile, load_trust
from gateway.bank.directbank.session import PasswordLogon
from gateway.bank.formats.directbank import read
from gateway.bank.profiles import load_profile
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.launch import launch
from gateway.bank.statement import Entry
from gateway.core.clock import SystemClock
from gateway.core.money import Money
from gateway.signing.keys import load_pkcs12
from gateway.signing.tls import client_context
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.benchmarks.bench_camt import MOST_MEGABYTES, MOST_TIMES, RUNS, iterate, peak_megabytes, timed

LEAST_PER_SECOND = 100.0
PROFILE = Path(__file__).resolve().parents[2] / "certs" / "profiles" / "directbank-sandbox.toml"
_VERSION = "2.3.2"

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Statement xmlns="http://directbank.1c.ru/XMLSchema" id="0b9d1c1e-1111-4a4a-8b8b-000000000001" formatVersion="2.3.2" \
creationDate="2026-11-21T18:00:00" userAgent="Bank"><Sender><Bank bic="044525593" name="АО «Банк»"/></Sender>
<Recipient><Customer id="7701234567" name="ООО «Рамка»" inn="7701234567" kpp="770101001"/></Recipient><Data>
<StatementType>0</StatementType><DateFrom>2026-11-21T00:00:00</DateFrom><DateTo>2026-11-21T23:59:59</DateTo>
<Account>40702810901300013000</Account><Bank><BIC>044525593</BIC><Name>АО «Банк»</Name></Bank>
<OpeningBalance>0.00</OpeningBalance><TotalDebits>0.00</TotalDebits><TotalCredits>1.00</TotalCredits>
<ClosingBalance>1.00</ClosingBalance>
"""
_LINE = """<OperationInfo><PayDoc id="KB261121{n:020d}" docKind="10"><PayDocRu><DocNo>{n}</DocNo>\
<DocDate>2026-11-21</DocDate><Sum>{sum}</Sum><Payer><Name>ООО «Покупатель {who}»</Name><INN>7728168971</INN>\
<KPP>772801001</KPP><Account>4070281090{who:010d}</Account><Bank><BIC>044525225</BIC><Name>ПАО Сбербанк</Name></Bank>\
</Payer><Payee><Name>ООО «Рамка»</Name><INN>7701234567</INN><KPP>770101001</KPP><Account>40702810901300013000</Account>\
<Bank><BIC>044525593</BIC><Name>АО «Банк»</Name></Bank></Payee><TransitionKind>01</TransitionKind>\
<Priority>5</Priority><Purpose>Оплата по счету № {n} от 20.11.2026 за рамки багетные, в т.ч. НДС 22%</Purpose>\
</PayDocRu></PayDoc><DC>2</DC><Date>2026-11-21</Date><ExtID>o-{n}</ExtID>\
<Stamp><BIC>044525593</BIC><Name>АО «Банк»</Name><Status><Code>02</Code><Name>Исполнен</Name></Status></Stamp>\
</OperationInfo>
"""
_TAIL = "<Stamp><BIC>044525593</BIC></Stamp></Data></Statement>\n"


def make(path: Path, count: int) -> None:
    """A final statement of `count` payments, every one different."""
    with path.open("w", encoding="utf-8-sig") as file:
        file.write(_HEAD)
        for n in range(count):
            file.write(_LINE.format(n=n, sum=Money(100000 + n * 37).decimal_text(), who=n % 977))
        file.write(_TAIL)


def ours(path: Path) -> int:
    with path.open("rb") as file:
        return sum(isinstance(item, Entry) and not item.warnings for item in read(file))


def measure(path: Path, count: int) -> dict[str, float | None]:
    """Run in a fresh process: memory first, while nothing else has used any."""
    before = peak_megabytes()
    assert ours(path) == count
    after = peak_megabytes()
    best: dict[str, float] = {}
    for _ in range(RUNS):
        for work in (ours, iterate):
            taken = timed(work, path)
            best[work.__name__] = min(best.get(work.__name__, taken), taken)
    grown = None if before is None or after is None else after - before
    return {**best, "megabytes": grown}


def reading(count: int) -> bool:
    """Measure the reader and print; whether it kept its limits."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xml"
        make(path, count)
        size = path.stat().st_size / 1e6
        command = [sys.executable, "-m", "tests.benchmarks.bench_directbank", "--lines", str(count)]
        child = subprocess.run(
            [*command, "--measure", str(path)],
            check=True, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
    found = json.loads(child.stdout)
    ratio, grown = found["ours"] / found["iterate"], found["megabytes"]
    memory = "memory not measured on this system" if grown is None else f"memory +{grown:.1f} MB"
    print(
        f"DirectBank statement {count} lines {size:.1f} MB: ours {found['ours']:.2f} s, "
        f"lxml iterparse+clear {found['iterate']:.2f} s, ratio {ratio:.2f} (limit {MOST_TIMES:.1f}); "
        f"{memory} (limit {MOST_MEGABYTES:.0f} MB)",
        flush=True,
    )
    return bool(ratio <= MOST_TIMES and (grown is None or grown < MOST_MEGABYTES))


class Bare:
    """One TLS connection, a session, and GetPack: bytes there and back, and nothing done with them."""

    def __init__(self, enrolment: Enrolment, url: str, context: ssl.SSLContext) -> None:
        where = urlsplit(url)
        self._path = where.path
        self._connection = http.client.HTTPSConnection(str(where.hostname), where.port, context=context)
        self._headers = {
            "CustomerID": enrolment.customer_id,
            "APIVersion": _VERSION,
            "Content-Type": "application/xml; charset=utf-8",
        }
        pair = f"{enrolment.directbank_login}:{enrolment.directbank_password}".encode()
        given = {"Authorization": f"Basic {base64.b64encode(pair).decode()}", "AvailableAPIVersion": _VERSION}
        answer = self._call("POST", "Logon", {**self._headers, **given})
        found = re.search(rb"<SID>([^<]+)</SID>", answer)
        assert found is not None
        self._headers["SID"] = found[1].decode()

    def packets(self) -> list[str]:
        """Ids of all packets the bank has."""
        return [one.decode() for one in re.findall(rb"<PacketID>([^<]+)<", self._call("GET", "GetPackList"))]

    def fetch(self, names: Sequence[str]) -> tuple[float, int]:
        """Seconds, and bytes that came."""
        started = time.perf_counter()
        size = sum(len(self._call("GET", f"GetPack?id={name}")) for name in names)
        return time.perf_counter() - started, size

    def close(self) -> None:
        self._connection.close()

    def _call(self, verb: str, method: str, headers: dict[str, str] | None = None) -> bytes:
        self._connection.request(
            verb, f"{self._path}/{method}", b"" if verb == "POST" else None, headers or self._headers
        )
        return self._connection.getresponse().read()


def open_channel(home: Path, enrolment: Enrolment, store: Store, *, repeatable: bool) -> DirectBankChannel:
    """A customer's channel to the sandbox bank, as the service opens it."""
    (home / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
    (home / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
    profile = load_profile(PROFILE)
    assert isinstance(profile, DirectBankProfile)
    profile = profile.model_copy(update={"service": profile.service.model_copy(update={"repeatable": repeatable})})
    owner = enrolment.owner, enrolment.inn, enrolment.kpp, enrolment.accounts
    return DirectBankChannel(
        profile,
        Agreement("0", *owner, enrolment.directbank_url),
        load_trust(profile, home),
        store.clock,
        StoredMemory(store, f"directbank:{profile.name}"),
        PasswordLogon(enrolment.directbank_login, lambda: enrolment.directbank_password),
        load_pkcs12(enrolment.pkcs12, enrolment.passphrase),
    )


def disk(path: Path, count: int, size: int) -> float:
    """Seconds bare SQLite needs to keep `count` packets one by one: two commits for each."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE packets (id INTEGER PRIMARY KEY, raw BLOB, state TEXT)")
        raw = bytes(size)
        started = time.perf_counter()
        for number in range(count):
            db.execute("INSERT INTO packets VALUES (?, ?, 'stored')", (number, raw))
            db.execute("UPDATE packets SET state = 'proved' WHERE id = ?", (number,))
        return time.perf_counter() - started


def polling(count: int, *, repeatable: bool = True) -> bool:
    """Measure the poll and print; whether it kept its limit."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bank, enrolment = Sandbox.create(home)
        bank.pay(amount=Money(100_000), invoice="1", payer="ООО «Покупатель»", notify=False)
        for _ in range(count):
            bank.send_statement()
        upgrade(sqlite_url(home / "kvit.db"))
        store = Store(sqlite_url(home / "kvit.db"), SystemClock(), "bench")
        channel = open_channel(home, enrolment, store, repeatable=repeatable)
        anchors = x509.load_pem_x509_certificates(enrolment.tls_anchors)
        with launch(home):
            bare = Bare(enrolment, enrolment.directbank_url, client_context(tuple(anchors)))
            names = bare.packets()
            assert len(names) == count
            before, first = bare.fetch(names[: count // 2])
            started = time.perf_counter()
            polled = inbox.poll(store, channel)
            taken = time.perf_counter() - started
            after, second = bare.fetch(names[count // 2 :])
            kept = disk(home / "bare.db", count, (first + second) // count)
            bare.close()
            channel.close()
        assert not polled.refused and polled.error is None, polled
        proofs = [proof_of(store, message) for message in polled.accepted]
        store.close()
    assert len(proofs) >= count
    assert all(proof is not None and proof.kind is EvidenceKind.SIGNED for proof in proofs)
    speed, line = len(proofs) / taken, count / (before + after)
    print(
        f"DirectBank poll of {len(proofs)} packets, {(first + second) / count / 1000:.1f} kB each: {taken:.1f} s, "
        f"{speed:.0f} packets a second from list to proved message (limit {LEAST_PER_SECOND:.0f}); bare HTTPS round "
        f"trips of the same packets of the same bank {line:.0f} a second; ours {1000 / speed:.1f} ms a packet, "
        f"bank and line {1000 / line:.1f} ms of them, bare SQLite's two commits {1000 * kept / count:.1f} ms"
    )
    return speed >= LEAST_PER_SECOND


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--packets", type=int, default=1_000)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true", help="the bank may give a packet only once")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.lines)))
        return 0
    read_in_time = reading(options.lines)
    return 0 if polling(options.packets, repeatable=not options.once) and read_in_time else 1


if __name__ == "__main__":
    sys.exit(main())
