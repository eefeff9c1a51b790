"""HTTP around the make-believe service: a thread per connection, on 127.0.0.1 only."""

from __future__ import annotations

import json
import re
import secrets
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from gui.api.fake import (
    loan_routes,
    loans,
    outgoing,
    parcels,
    payer_rules,
    registries,
    render,
    render_house,
    render_outgoing,
    render_registries,
    settlement,
    texts,
    work,
)
from gui.api.fake.world import Problem, World

Json = dict[str, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

NEEDED = [  # (method, path pattern, right)
    ("GET", r"payments(/.*)?", "payments.read"),
    ("POST", r"payments/.*", "payments.decide"),
    ("POST", r"undo/.*", "payments.decide"),
    ("GET", r"payer-rules", "payments.read"),
    ("POST", r"payer-rules(/.*)?", "payments.decide"),
    ("GET", r"invoices", "orders.read"),
    ("GET", r"orders(/.*)?", "orders.read"),
    ("POST", r"orders/[^/]+/(cancel|ship)", "orders.work"),
    ("GET", r"picks(/.*)?", "picks.read"),
    ("POST", r"picks/.*", "picks.work"),
    ("GET", r"tasks(/.*)?", "tasks.read"),
    ("POST", r"tasks/.*", "tasks.work"),
    ("GET", r"health|bank", "health.read"),
    ("GET", r"outgoing(/.*)?", "outgoing.read"),
    ("POST", r"outgoing(/[^/]+/withdraw)?", "outgoing.propose"),
    ("POST", r"outgoing/[^/]+/(approve|reject|send-again|did-not-go)", "outgoing.approve"),
    ("GET", r"registries(/.*)?|registry-mappings(/.*)?|trials", "payments.read"),
    ("POST", r"registries(/.*)?", "payments.decide"),
    ("GET", r"evidence/.*", "evidence.read"),
    ("POST", r"settings/release", "release.switch"),
    ("POST", r"(health|outbox|alarms)/.*", "health.operate"),
    *loan_routes.NEEDED,
    *parcels.NEEDED,
    *texts.NEEDED,
]


class FakeDaemon:
    """The running server.

    Attributes:
        world: what it serves.
        token: what opens it; `guests` are the tokens of other people and their roles.
        refuse: {path: Problem}: answers tests put in place of the real ones.
        delay_s: seconds every answer is late.
        hits: every request served, "METHOD /path?query".
        heartbeat_s: seconds between comments on the event stream.
        broken_streams: while True, open event streams are cut and new ones refused.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        port: int = 0,
        heartbeat_s: float = 15.0,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        """`certificate`: PEM files of a certificate and its key; the server then speaks TLS."""
        self.world = world or World()
        self.token = secrets.token_urlsafe(24)
        self.guests: dict[str, str] = {}
        self.refuse: dict[str, Problem] = {}
        self.delay_s = 0.0
        self.hits: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.heartbeat_s = heartbeat_s
        self.broken_streams = False
        self.stopping = False
        daemon = self

        class Handler(_Handler):
            fake = daemon

        self._server = _Server(("127.0.0.1", port), Handler)
        self._certificate = certificate
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._certificate else 'http'}://127.0.0.1:{self.port}"

    def mute(self) -> bool:
        """No more events now."""
        return self.stopping or self.broken_streams

    def start(self) -> FakeDaemon:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every open connection."""
        self.stopping = True
        with self.world.arrived:
            self.world.arrived.notify_all()
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join(5)

    def announce(self, home: Path, role: str = "") -> None:
        """Write the connection file and a token where the tray looks for them.

        With a `role` the token is another person's, so that two people can work side by side.
        """
        secret = self.token
        if role:
            secret = secrets.token_urlsafe(24)
            self.guests[secret] = role
        run = home / "run"
        run.mkdir(parents=True, exist_ok=True)
        token = run / "tray.token"
        token.write_text(secret + "\n", encoding="utf-8")
        file = run / "connection.json"
        connection = {"url": self.url, "token_file": str(token)}
        if self._certificate is not None:
            connection["certificate"] = str(self._certificate[0])
        file.write_text(json.dumps(connection), encoding="utf-8")

    def break_streams(self) -> None:
        self.broken_streams = True
        with self.world.arrived:
            self.world.arrived.notify_all()

    def mend_streams(self) -> None:
        self.broken_streams = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    # Nagle's algorithm costs about 20 ms a request here.
    disable_nagle_algorithm = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[Any] = set()
        self._guard = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._guard:
            still = list(self._open)
        for request in still:
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            with self._guard:
                if not self._open:
                    return
            time.sleep(0.01)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tray that hangs up in the middle of an answer is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake: FakeDaemon

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: tests read `hits`."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def _serve(self, method: str) -> None:
        fake = self.fake
        fake.hits.append(f"{method} {self.path}")
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        if fake.delay_s:
            time.sleep(fake.delay_s)
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/v1/").strip("/")
        try:
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            fake.world.serve_as(fake.guests.get(token, ""))
            if token != fake.token and token not in fake.guests:
                raise Problem(401, "auth.unknown", "Ключ доступа не подходит.", "The access token is not valid.")
            for verb, pattern, right in NEEDED:
                if verb == method and re.fullmatch(pattern, path) and right not in fake.world.permissions:
                    raise Problem(403, "auth.forbidden", "Нет права.", "Your role has no right to do this.")
            if parts.path in fake.refuse:
                raise fake.refuse[parts.path]
            if path == "events":
                self._events()
            elif path.startswith("evidence/"):
                self._answer(200, fake.world.evidence(path.split("/")[1]), "application/octet-stream")
            elif path.endswith("/statement.xlsx"):
                self._answer(200, settlement.workbook(fake.world, path.split("/")[2]), XLSX)
            elif path == "parcel-report.xlsx":
                self._answer(200, parcels.workbook(fake.world), XLSX)
            elif path.startswith("loan-documents/"):
                self._answer(200, loans.file(fake.world, path.split("/")[1]), "application/octet-stream")
            elif method == "GET":
                with fake.world.lock:
                    body = self._get(path.split("/"), dict(parse_qsl(parts.query)))
                self._json(200, body)
            else:
                content = json.loads(raw or b"{}")
                key, version = self.headers.get("Idempotency-Key"), self.headers.get("If-Match")
                wanted = int(version.strip('"')) if version else None
                fake.headers.append(dict(self.headers.items()))
                change = self._put if method == "PUT" else self._post
                answer = fake.world.once(key, f"{path} {raw!r}", lambda: change(path.split("/"), content, wanted))
                self._json(200, answer)
        except Problem as problem:
            self._json(problem.status, problem.body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _get(self, path: list[str], query: dict[str, str]) -> Json:
        world = self.fake.world
        if path[0] in loan_routes.ROOTS:
            return loan_routes.get(world, path, query)
        if texts.serves(path):
            parcels.is_here(world)
            return texts.get(world, path, query)
        if path[0] in parcels.ROOTS:
            return parcels.get(world, path, query)
        match path:
            case ["me"]:
                return {
                    "user": world.user,
                    "role": world.role,
                    "permissions": list(world.permissions),
                    "language": "ru",
                }
            case ["status"]:
                return render_house.status(world)
            case ["health"]:
                return render_house.health(world)
            case ["bank"]:
                return render_outgoing.bank(world)
            case ["outgoing"]:
                return world.lists.outgoing(query)
            case ["outgoing", name]:
                return render_outgoing.order_detail(world, outgoing.found(world, name))
            case ["registries"]:
                return world.lists.registries(query)
            case ["registries", name]:
                return render_registries.detail(world, registries.found(world, name), query)
            case ["registry-mappings"]:
                return render_registries.partners(world)
            case ["trials"]:
                return {"items": world.trials[: int(query.get("limit") or 10)], "server_time": None}
            case ["payments"]:
                return world.lists.payments(query)
            case ["payments", name]:
                return render.payment_detail(world, world.payment(name))
            case ["payer-rules"]:
                return world.lists.payer_rules(query)
            case ["invoices"]:
                return world.lists.invoices(query)
            case ["orders"]:
                return world.lists.orders(query)
            case ["orders", name] if name in world.orders:
                return render.order_detail(world, world.orders[name])
            case ["picks"]:
                return world.lists.picks(query)
            case ["picks", name] if name in world.picks:
                return render.pick_detail(world, world.picks[name])
            case ["tasks"]:
                return world.lists.tasks(query)
            case ["tasks", name] if name in world.tasks:
                return render.task(world, world.tasks[name])
        raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")

    def _put(self, path: list[str], body: Json, wanted: int | None) -> Json:
        if path == ["notification-texts"]:
            return texts.put(self.fake.world, body)
        if path[0] in parcels.ROOTS:
            return parcels.put(self.fake.world, path, body, wanted)
        return loan_routes.put(self.fake.world, path, body, wanted)

    def _post(self, path: list[str], body: Json, wanted: int | None) -> Json:
        world = self.fake.world
        if path[0] in loan_routes.ROOTS:
            return loan_routes.post(world, path, body, wanted)
        if path == ["notification-texts", "preview"]:
            return texts.preview(world, body)
        if path[0] in parcels.ROOTS:
            return parcels.post(world, path, body, wanted)
        match path:
            case ["payments", name, action]:
                payment = world.payment(name)
                world.check_version(payment, wanted)
                if action == "allocate":
                    return payer_rules.allocate(world, payment, body)
                if action == "not-ours":
                    return world.not_ours(name, str(body.get("kind") or "other_income"))
                if action == "release-confirm":
                    return world.confirm_release(name)
            case ["outgoing"]:
                return outgoing.propose(world, body)
            case ["outgoing", name, event]:
                return outgoing.event(world, name, event, body, wanted)
            case ["registries"]:
                return registries.receive(world, body)
            case ["registries", "preview"]:
                return registries.preview(world, body)
            case ["registries", name, "withdraw"]:
                return registries.withdraw(world, name, body, wanted)
            case ["payer-rules"]:
                return payer_rules.make(world, body)
            case ["payer-rules", name, "revoke"]:
                return payer_rules.revoke(world, name, body, wanted)
            case ["undo", event]:
                return world.undo(event)
            case ["orders", name, ("cancel" | "ship") as event]:
                return work.order_event(world, name, event, wanted)
            case ["orders", name, "parcels"] if name in world.orders:
                return parcels.enter_of_order(world, world.orders[name], body)
            case ["picks", name, event]:
                return work.pick_event(world, name, event, body, wanted)
            case ["tasks", name, event]:
                return work.task_event(world, name, event, body, wanted)
        return work.machinery_event(world, path, body)

    # --- answers -----------------------------------------------------------------------------------------------------

    def _json(self, status: int, body: Json) -> None:
        self._answer(status, json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _events(self) -> None:
        fake, world = self.fake, self.fake.world
        if fake.broken_streams:
            raise Problem(503, "events.busy", "Поток событий недоступен.", "No event stream now.")
        last = self.headers.get("Last-Event-ID")
        seq = int(last) if last else world.seq
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b": welcome\n\n")
        while not fake.mute():
            with world.arrived:
                fresh = world.after(seq)
                if fresh == []:
                    world.arrived.wait(fake.heartbeat_s)
                    fresh = world.after(seq)
                newest = world.seq
            if fake.mute():
                return
            if fresh is None:
                seq, text = newest, f"id: {newest}\nevent: reset\ndata: {{}}\n\n"
            else:
                seq = fresh[-1][0] if fresh else seq
                text = "".join(_change(number, event) for number, event in fresh) or ": beat\n\n"
            self.wfile.write(text.encode())
            self.wfile.flush()


def _change(number: int, event: Json) -> str:
    return f"id: {number}\nevent: change\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
