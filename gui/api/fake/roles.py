"""The people of the make-believe service and what each may do."""

from __future__ import annotations

# The rights of the service's own roles, and "owner" with all of them at once for looking at the screens.
_OUTGOING = ("outgoing.read", "outgoing.propose", "outgoing.approve")
_TRADE = ("orders.read", "picks.read", "tasks.read", "calls.read", "health.read")
_LOAN_DESK = ("loans.read", "loans.apply", "loans.call", "loans.personal")
_LOAN_WORK = ("loans.confirm", "loans.sign", "loans.work")
_PARCELS = ("parcels.read", "parcels.feed", "parcels.work")
_SETTLES = ("settlement.read", "settlement.work")
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "accountant": (
        "Мария Ковалёва",
        (
            *_TRADE,
            *_OUTGOING,
            "loans.read",
            "parcels.read",
            *_SETTLES,
            "payments.read",
            "payments.decide",
            "evidence.read",
            "tasks.work",
            "calls.work",
        ),
    ),
    "warehouse": (
        "Николай Жуков",
        ("picks.read", "picks.work", "tasks.read", "tasks.work", "parcels.read", "parcels.feed"),
    ),
    "manager": (
        "Екатерина Лис",
        (*_TRADE, *_PARCELS, *_LOAN_DESK, *_LOAN_WORK, "notify.setup", "orders.work", "tasks.work", "calls.work"),
    ),
    "it": ("Тимур Садыков", ("health.read", "health.operate", "evidence.read", "users.manage")),
    "director": (
        "Анна Верещагина",
        (
            *_TRADE,
            *_OUTGOING,
            "loans.read",
            "parcels.read",
            "notify.setup",
            "shops.manage",
            *_SETTLES,
            "payments.read",
            "evidence.read",
            "release.switch",
        ),
    ),
    "call_centre": ("Ольга Званцева", (*_LOAN_DESK, "tasks.read")),
    "owner": (
        "Мария Ковалёва",
        (
            *_TRADE,
            *_OUTGOING,
            *_LOAN_DESK,
            *_LOAN_WORK,
            *_PARCELS,
            "notify.setup",
            *_SETTLES,
            "shops.manage",
            "payments.read",
            "payments.decide",
            "evidence.read",
            "orders.work",
            "picks.work",
            "tasks.work",
            "calls.work",
            "health.operate",
            "release.switch",
        ),
    ),
}
