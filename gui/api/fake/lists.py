"""Lists as the service serves them: sorted, filtered, counted and cut there, never in the tray."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from gui.api.fake import render, render_outgoing, render_registries

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
LIMIT, MOST = 200, 500

PAYMENT_STATES = ("all", "new", "auto", "needs_person", "manual", "not_ours", "reversed", "duplicate")
ORDER_STATES = ("all", "unpaid", "part_paid", "released", "picking", "ready", "on_hold", "shipped", "cancelled")
OUTGOING_STATES = {
    "all": tuple(render_outgoing.STATES),
    "to_approve": ("draft", "waiting_approval"),
    "on_the_way": ("approved", "sending", "unknown", "sent", "accepted"),
    "done": ("executed",),
    "failed": ("refused", "returned", "rejected", "withdrawn"),
}
REGISTRY_STATES = ("all", "waiting", "unsound", "used", "withdrawn")
PICK_STATES = ("open", "all", "to_confirm", "new", "working", "short", "done")
TASK_STATES = ("open", "done", "all")


class Lists:
    """Answers list queries; remembers the order of ids of the last few, as an index would."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[Any, ...], tuple[list[str], dict[str, int]]] = {}
        self._revision = -1

    def payments(self, query: dict[str, str]) -> Json:
        w = self._world
        keys: dict[str, Callable[[Any], Any]] = {
            "bank_time": lambda p: p.bank_time,
            "payer_name": lambda p: p.payer.name,
            "payer_inn": lambda p: p.payer.inn,
            "amount": lambda p: p.amount,
            "rest": lambda p: p.amount - p.allocated,
            "state": lambda p: p.state,
            "purpose": lambda p: p.purpose,
            "received_at": lambda p: p.received_at,
        }

        def found(p: Any, words: str) -> bool:
            return words in f"{p.payer.name} {p.payer.inn} {p.purpose} {p.amount / 100:.2f}".casefold()

        def belongs(p: Any, state: str) -> bool:
            return state == "all" or p.state == state

        names, counts = self._order("payments", query, w.payments, PAYMENT_STATES, belongs, found, keys, "-bank_time")
        return self._cut(names, counts, query, lambda n: render.payment_row(w, w.payments[n]))

    def orders(self, query: dict[str, str]) -> Json:
        w = self._world
        rows = {name: render.order_row(w, order) for name, order in w.orders.items()}

        def by(key: str) -> Callable[[Any], Any]:
            return lambda r: (r.get(key) is not None, r.get(key) or 0)

        keys = {
            key: by(key) for key in ("number", "date", "buyer", "amount", "paid", "headline", "delivery", "bank_time")
        }

        def belongs(row: Any, state: str) -> bool:
            return state == "all" or row["headline"] == state

        def found(row: Any, words: str) -> bool:
            return words in f"{row['number']} {row['buyer']} {row['buyer_inn']} {row['phone']}".casefold()

        names, counts = self._order("orders", query, rows, ORDER_STATES, belongs, found, keys, "-date")
        return self._cut(names, counts, query, lambda n: rows[n])

    def invoices(self, query: dict[str, str]) -> Json:
        w = self._world
        rows = {name: render.invoice(w, order) for name, order in w.orders.items()}

        def belongs(row: Any, state: str) -> bool:
            return state == "all" or row["rest"] > 0

        def found(row: Any, words: str) -> bool:
            amounts = f"{row['rest'] / 100:.2f} {row['rest'] / 100:.2f}".replace(".", ",")
            return words in f"{row['number']} {row['buyer']} {row['buyer_inn']} {amounts}".casefold()

        keys: dict[str, Callable[[Any], Any]] = {"number": lambda r: r["number"], "rest": lambda r: r["rest"]}
        asked = {"state": "open", **query}
        if asked.get("buyer_inn"):
            rows = {n: r for n, r in rows.items() if r["buyer_inn"] == asked["buyer_inn"]}
        names, counts = self._order("invoices", asked, rows, ("open", "all"), belongs, found, keys, "number")
        return self._cut(names, counts, query, lambda n: rows[n])

    def payer_rules(self, query: dict[str, str]) -> Json:
        w = self._world

        def belongs(r: Any, state: str) -> bool:
            return state == "all" or (r.revoked is None) == (state == "in_force")

        def found(r: Any, words: str) -> bool:
            return words in f"{r.payer_name} {r.payer_inn} {r.buyer} {r.note}".casefold()

        keys: dict[str, Callable[[Any], Any]] = {
            "made_at": lambda r: r.made,
            "since": lambda r: r.since,
            "payer_name": lambda r: r.payer_name,
            "buyer": lambda r: r.buyer,
            "made_by": lambda r: r.by,
        }
        asked = {"state": "in_force", **query}
        states = ("in_force", "revoked", "all")
        names, counts = self._order("payer_rules", asked, w.rules, states, belongs, found, keys, "-made_at")
        return self._cut(names, counts, query, lambda n: render.payer_rule(w.rules[n]))

    def picks(self, query: dict[str, str]) -> Json:
        w = self._world

        def belongs(k: Any, state: str) -> bool:
            tabs = {
                "open": ("new", "to_confirm", "taken", "picking", "picked", "short"),
                "working": ("taken", "picking", "picked"),
                "done": ("closed",),
            }
            return state == "all" or k.state in tabs.get(state, (state,))

        def found(k: Any, words: str) -> bool:
            return words in f"{k.number} {w.orders[k.order].number}".casefold()

        keys: dict[str, Callable[[Any], Any]] = {
            "due_at": lambda k: (not w.orders[k.order].priority, k.due),
            "number": lambda k: k.number,
        }
        asked = {"state": "open", **query}
        names, counts = self._order("picks", asked, w.picks, PICK_STATES, belongs, found, keys, "due_at")
        return self._cut(names, counts, query, lambda n: render.pick_row(w, w.picks[n]))

    def outgoing(self, query: dict[str, str]) -> Json:
        w = self._world

        def found(o: Any, words: str) -> bool:
            money = f"{o.amount / 100:.2f}".replace(".", ",")
            return words in f"{o.number} {o.payee.name} {o.payee.inn} {o.payee.account} {money} {o.purpose}".casefold()

        def belongs(o: Any, state: str) -> bool:
            return o.state in OUTGOING_STATES[state]

        keys: dict[str, Callable[[Any], Any]] = {
            "proposed_at": lambda o: o.proposed_at,
            "date": lambda o: o.day,
            "number": lambda o: int(o.number),
            "payee_name": lambda o: o.payee.name,
            "amount": lambda o: o.amount,
            "state": lambda o: o.state,
        }
        states = tuple(OUTGOING_STATES)
        names, counts = self._order("outgoing", query, w.outgoing, states, belongs, found, keys, "-proposed_at")
        return self._cut(names, counts, query, lambda n: render_outgoing.order_row(w.outgoing[n]))

    def registries(self, query: dict[str, str]) -> Json:
        w = self._world

        def belongs(r: Any, state: str) -> bool:
            unsound = r.state == "waiting" and not r.reading.sound
            return state == "all" or (unsound if state == "unsound" else r.state == state)

        def found(r: Any, words: str) -> bool:
            sums = f"{r.reading.net / 100:.2f} {r.reading.gross / 100:.2f}".replace(".", ",")
            return words in f"{r.reading.number} {r.partner} {sums} {r.file_name}".casefold()

        keys: dict[str, Callable[[Any], Any]] = {
            "date": lambda r: (r.reading.date, r.id),
            "received_at": lambda r: r.received_at,
            "number": lambda r: r.reading.number,
            "partner_inn": lambda r: r.partner,
            "net": lambda r: r.reading.net,
            "state": lambda r: r.state,
        }
        names, counts = self._order("registries", query, w.registries, REGISTRY_STATES, belongs, found, keys, "-date")
        return self._cut(names, counts, query, lambda n: render_registries.row(w, w.registries[n]))

    def tasks(self, query: dict[str, str]) -> Json:
        w = self._world
        tasks = {n: t for n, t in w.tasks.items() if query.get("kind") in (None, "", t.kind)}

        def belongs(t: Any, state: str) -> bool:
            is_open = t.state in ("new", "taken", "snoozed")
            return state == "all" or (is_open if state == "open" else t.state == state)

        def found(t: Any, words: str) -> bool:
            order = w.orders.get(t.order or "")
            return words in f"{t.title[0]} {order.buyer.name if order else ''}".casefold()

        keys: dict[str, Callable[[Any], Any]] = {"due_at": lambda t: t.due, "created_at": lambda t: t.created}
        asked = {"state": "open", **query}
        names, counts = self._order("tasks", asked, tasks, TASK_STATES, belongs, found, keys, "due_at")
        return self._cut(names, counts, query, lambda n: render.task(w, w.tasks[n]))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _order(
        self,
        kind: str,
        query: dict[str, str],
        rows: dict[str, Any],
        states: Iterable[str],
        belongs: Callable[[Any, str], bool],
        found: Callable[[Any, str], bool],
        keys: dict[str, Callable[[Any], Any]],
        usual: str,
    ) -> tuple[list[str], dict[str, int]]:
        state = query.get("state") or "all"
        words = query.get("q", "").casefold().strip()
        sort = query.get("sort") or usual
        if self._revision != self._world.revision:
            self._known.clear()
            self._revision = self._world.revision
        signature = (kind, state, words, sort, query.get("buyer_inn"), query.get("kind"))
        if signature not in self._known:
            kept = [(n, r) for n, r in rows.items() if not words or found(r, words)]
            counts = {s: sum(belongs(r, s) for _, r in kept) for s in states}
            chosen = [(n, r) for n, r in kept if belongs(r, state)]
            key = keys.get(sort.removeprefix("-"), keys[usual.removeprefix("-")])
            chosen.sort(key=lambda pair: key(pair[1]), reverse=sort.startswith("-"))
            self._known[signature] = ([n for n, _ in chosen], counts)
        return self._known[signature]

    def _cut(
        self, names: list[str], counts: dict[str, int], query: dict[str, str], render_one: Callable[[str], Json]
    ) -> Json:
        limit = min(int(query.get("limit") or LIMIT), MOST)
        offset = int(query.get("offset") or 0)
        return {
            "items": [render_one(name) for name in names[offset : offset + limit]],
            "total": len(names),
            "next": None,
            "counts": counts,
            "server_time": render.instant(self._world.now()),
        }
