"""What asking the bank costs us: a whole SOAP call beside a bare HTTPS round trip of the same bytes, in turns.

    python -m tests.benchmarks.bench_poll [--calls N]

A call builds, signs, sends, receives, verifies both signatures and reads. The sandbox bank answers each call once for
real; from then on a server in a process of its own gives those very answers to everybody, so that no bank's work is in
the figures. (Our request numbers stand still meanwhile, or the answers would rightly be refused.)
"""

from __future__ import annotations

import argparse
import http.client
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from unittest import mock

from lxml import etree

from gateway.bank.bxd import client
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, load_profile, load_trust
from gateway.bank.bxd.transport import PinnedTransport
from gateway.bank.channel import FileRef
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.engine import Payment
from gateway.bank.sandbox.enrol import HOST, Enrolment, load_keys
from gateway.bank.sandbox.server import SandboxServer
from gateway.bank.transport import HttpReply
from gateway.core.clock import SystemClock
from gateway.core.money import Money
from gateway.signing.keys import load_pkcs12
from gateway.signing.tls import client_context, server_context

MOST_MS = 50.0
PROFILE = Path(__file__).resolve().parents[2] / "certs" / "profiles" / "sandbox.toml"
PAYMENTS = 20
LIST_ID, FILE_ID = "01JD4QZX00000000000000LIST", "01JD4QZX00000000000000F1LE"


@dataclass
class Recorded:
    """One call as it went over the wire."""

    name: str
    request: bytes = b""
    reply: bytes = b""
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


class House:
    """A customer of the sandbox bank; `channel` makes connections to any address with its keys."""

    def __init__(self, home: Path, enrolment: Enrolment) -> None:
        (home / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
        (home / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
        self.profile = load_profile(PROFILE)
        self.trust = load_trust(self.profile, home)
        self.key = load_pkcs12(enrolment.pkcs12, enrolment.passphrase)
        self._enrolment = enrolment

    def channel(self, url: str) -> BxdChannel:
        agreement = Agreement(self._enrolment.customer_id, self._enrolment.target_id, url=url)
        return BxdChannel(self.profile, agreement, self.trust, SystemClock(), self.key, self.key)

    def context(self) -> ssl.SSLContext:
        return client_context(self.trust.tls_anchors, self.key)


def ask_list(channel: BxdChannel) -> list[FileRef]:
    with mock.patch.object(client, "new_id", lambda: LIST_ID):
        return list(channel.list_files(date(2020, 1, 1)).files)


def ask_file(channel: BxdChannel, ref: FileRef) -> bytes:
    with mock.patch.object(client, "new_id", lambda: FILE_ID):
        reply = channel.fetch(ref)
    return channel.prove(reply, reply.received_at).content


def record(home: Path, house: House, bank: Sandbox) -> tuple[Recorded, Recorded, FileRef]:
    """The bank answers a list and a download; both ways' bytes."""
    bank.pay_many([Payment(Money(100_000 + n), invoice=str(n), payer=f"ООО «Покупатель {n}»") for n in range(PAYMENTS)])
    calls = (Recorded("downloadFileList"), Recorded("downloadFile"))
    honest, waiting = PinnedTransport.post_xml, iter(calls)

    def post_xml(self: PinnedTransport, address: str, envelope: etree._Element, headers: dict[str, str]) -> HttpReply:
        call, reply = next(waiting), honest(self, address, envelope, headers)
        call.request = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        call.reply = reply.content
        return reply

    with SandboxServer(home, port=0) as server, mock.patch.object(PinnedTransport, "post_xml", post_xml):
        channel = house.channel(server.url)
        (ref,) = ask_list(channel)
        assert ask_file(channel, ref)
        channel.close()
    return *calls, ref


def serve(home: Path) -> None:
    """Give `home`/downloadFileList or `home`/downloadFile to whoever posts to that path, for ever."""
    keys = load_keys(home / "sandbox")
    context = server_context(keys.server, (keys.signing_root,))
    answers = {f"/{name}": (home / name).read_bytes() for name in ("downloadFileList", "downloadFile")}
    with socket.create_server((HOST, 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            plain, _ = listener.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tls = context.wrap_socket(plain, server_side=True)
            threading.Thread(target=_answer, args=(tls, answers), daemon=True).start()


def _answer(tls: ssl.SSLSocket, answers: dict[str, bytes]) -> None:
    with tls.makefile("rb") as reader:
        while line := reader.readline():
            path, length = line.split()[1].decode(), 0
            while (header := reader.readline()) not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            reader.read(length)
            body = answers[path]
            tls.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body
            )


def measure(home: Path, calls: int) -> tuple[Recorded, Recorded]:
    """Both ways in turns; milliseconds of each call."""
    bank, enrolment = Sandbox.create(home)
    house = House(home, enrolment)
    listed, fetched, ref = record(home, house, bank)
    for call in (listed, fetched):
        (home / call.name).write_bytes(call.reply)
    command = [sys.executable, "-m", "tests.benchmarks.bench_poll", "--serve", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        try:
            to = f"https://{HOST}:{port}"
            lists, files = house.channel(f"{to}/{listed.name}"), house.channel(f"{to}/{fetched.name}")
            bare = http.client.HTTPSConnection(HOST, port, context=house.context())
            for _ in range(calls + 1):  # the first ones open the connections
                listed.ours.append(timed(lambda: ask_list(lists)))
                listed.bare.append(timed(lambda: post(bare, listed)))
                fetched.ours.append(timed(lambda: ask_file(files, ref)))
                fetched.bare.append(timed(lambda: post(bare, fetched)))
            for connection in (lists, files, bare):
                connection.close()
        finally:
            server.terminate()
    for call in (listed, fetched):
        del call.ours[0], call.bare[0]
    return listed, fetched


def post(connection: http.client.HTTPSConnection, call: Recorded) -> None:
    """The same bytes there and back, and nothing done with them."""
    connection.request("POST", f"/{call.name}", call.request, {"Content-Type": "text/xml; charset=utf-8"})
    assert connection.getresponse().read() == call.reply


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.calls)
    good = True
    for call, what in zip(found, ("the list of files", f"a file of {PAYMENTS} payments"), strict=True):
        ours, bare = statistics.median(call.ours), statistics.median(call.bare)
        good = good and ours - bare <= MOST_MS
        print(
            f"SOAP poll, {call.name} ({what}): {ours:.1f} ms a call (best {min(call.ours):.1f}); bare HTTPS round trip "
            f"of the same {len(call.request) / 1000:.1f} kB out and {len(call.reply) / 1000:.1f} kB in: {bare:.1f} ms "
            f"(best {min(call.bare):.1f}); overhead {ours - bare:.1f} ms (limit {MOST_MS:.0f})"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
