"""Very many applications at every stage, written straight into the rows: for benchmarks and for tests of lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, LargeBinary, Table

from gateway.core.clock import to_text
from gateway.core.references import reference_key
from gateway.loans.personal import Sealer, about_buyer, about_questionnaire
from gateway.loans.tables import agreements, applications, decisions, shops
from gateway.store import Store
from gateway.store.schema import dumps

SHOPS = 200
LENDERS = ("sandbox-soap", "sandbox-rest", "third", "fourth")
WAYS = ("clerk", "branch", "courier")
# (state, stage, of a hundred): most of them ended long ago, as in a firm that has been at it for years
STAGES = (
    ("lead", "application", 2),
    ("callback", "application", 1),
    ("questionnaire", "application", 1),
    ("submitted", "decision", 2),
    ("approved", "decision", 2),
    ("accepted", "signing", 1),
    ("agreed", "signing", 3),
    ("active", "original", 4),
    ("active", "money", 3),
    ("active", "shop", 3),
    ("closed", "done", 45),
    ("declined", "ended", 18),
    ("cancelled", "ended", 10),
    ("expired", "ended", 5),
)
_PLACES = [(state, stage) for state, stage, share in STAGES for _ in range(share)]
_CHOSEN = frozenset({"accepted", "agreed", "active", "closed"})
_SIGNED = frozenset({"active", "closed"})
SURNAMES = ("Иванов", "Петрова", "Сидоров", "Кузнецова", "Попов", "Соколова", "Лебедев", "Новикова")


def empty_row(table: Table) -> dict[str, Any]:
    """A row that says nothing: every column of a table with its emptiest value."""
    row: dict[str, Any] = {}
    for column in table.c:
        if column.nullable:
            row[column.name] = None
        elif isinstance(column.type, LargeBinary):
            row[column.name] = b""
        else:
            row[column.name] = 0 if isinstance(column.type, Integer) else ""
    return row


def phone_of(place: int) -> str:
    return f"+7916{place % 10_000_000:07d}"


def surname_of(place: int) -> str:
    return SURNAMES[place % len(SURNAMES)] + ("ский" if place % 3 else "")


def write_shops(store: Store, count: int = SHOPS) -> None:
    """Shops "s0", "s1", …, all of them at work."""
    with store.unit() as unit:
        for place in range(count):
            own = {"id": f"s{place}", "key": f"shop-{place}", "name": f"Магазин {place}", "state": "active"}
            unit.insert(
                shops, empty_row(shops) | own | {"company": store.company, "version": 1, "sites": "[]", "region": "77"}
            )
        unit.commit()


def write_applications(store: Store, sealer: Sealer, count: int, *, shop_count: int = SHOPS, days: int = 700) -> None:
    """So many applications, numbered from 1, the youngest last; their stages come round every hundred."""
    now = store.clock.now()
    marks = {name: sealer.mark("surname", name) for name in {surname_of(place) for place in range(24)}}
    for start in range(0, count, 5_000):
        rows, papers, asked = [], [], []
        for place in range(start, min(start + 5_000, count)):
            made = now - timedelta(days=days) * ((count - place) / count)
            row = _application(store.company, sealer, marks, place, shop_count, made, now)
            rows.append(row)
            if row["state"] in _SIGNED or row["state"] == "agreed":
                papers.append(_agreement(row, place))
            if row["lender"]:
                asked.append(_decision(row, place))
        with store.unit() as unit:
            unit.insert(applications, *rows)
            unit.insert(agreements, *papers)
            unit.insert(decisions, *asked)
            unit.commit()


def _application(
    company: str, sealer: Sealer, marks: dict[str, str], place: int, shop_count: int, made: Any, now: Any
) -> dict[str, Any]:
    state, stage = _PLACES[place * 37 % len(_PLACES)]
    since = now - timedelta(days=place % 20, hours=place % 23) if stage not in ("done", "ended") else made
    chosen = state in _CHOSEN
    goods = 1_000_000 + place % 400 * 50_000
    surname, phone, row_id = surname_of(place), phone_of(place), f"L{place:025d}"
    person = {"surname": surname, "name": "Иван", "patronymic": "Петрович", "phone": phone}
    more = {
        "passport": f"45{place % 10**8:08d}", "passport_issued_by": "Отделом УФМС России по гор. Москве",
        "passport_issued_on": "2015-03-12", "passport_code": "770-001", "birth_date": "1985-02-11",
        "registration_address": "г. Москва, ул. Лесная, д. 5, кв. 17", "income": "85000.00",
        "employer": "ООО «Ромашка»",
    }  # fmt: skip
    number = f"{LENDERS[place % 4][:2].upper()}-{place}"
    return empty_row(applications) | {
        "id": row_id, "company": company, "version": 3, "number": place + 1, "shop_id": f"s{place % shop_count}",
        "shop_order": f"З-{place}", "origin": "site", "state": state, "stage": stage,
        "stage_since": to_text(max(since, made)), "made_at": to_text(made), "made_by": "service",
        "ended_at": to_text(made + timedelta(days=9)) if stage in ("done", "ended") else None,
        "basket": dumps([{"name": "Печь", "category": "appliances", "qty": 1000, "price": goods, "amount": goods}]),
        "goods": goods, "down": goods // 10, "months": 12, "region": "77", "delivery": "delivery",
        "buyer": sealer.seal(about_buyer(row_id), person),
        "questionnaire": sealer.seal(about_questionnaire(row_id), person | more) if stage != "application" else b"",
        "phone_hash": sealer.mark("phone", phone) if place % 100 == 0 else f"{place:064d}",
        "surname_hash": marks[surname],
        "call_due": to_text(now + timedelta(minutes=place % 90 - 60)) if state in ("lead", "callback") else None,
        "lender": LENDERS[place % 4] if chosen else "", "signing_way": WAYS[place % 3] if chosen else "",
        "agreement_no": number if chosen else "", "agreement_key": reference_key(number) if chosen else "",
        "loan": goods - goods // 10 if chosen else 0, "transfer": goods - goods // 10 if chosen else 0,
    }  # fmt: skip


def _agreement(row: dict[str, Any], place: int) -> dict[str, Any]:
    signed = row["state"] in _SIGNED
    past_paper = signed and row["stage"] != "original"
    return empty_row(agreements) | {
        "id": f"A{place:025d}", "company": row["company"], "version": 1, "application_id": row["id"],
        "shop_id": row["shop_id"], "live": 1, "lender": row["lender"], "number": row["agreement_no"],
        "key": row["agreement_key"], "date": row["made_at"][:10], "made_at": row["made_at"], "loan": row["loan"],
        "transfer": row["transfer"], "months": 12, "rate": "24.9", "psk": "24.900", "psk_ours": "24.900",
        "warnings": '[["loan.psk_differs",{}]]' if place % 500 == 1 else "[]", "sign_by": "2027-12-31",
        "signing": ("faulty" if place % 100 == 53 else "signed") if signed else "documents_ready",
        "signing_way": row["signing_way"], "original": "accepted" if past_paper else "none",
        "funding": "received" if row["stage"] in ("shop", "done") else "expected",
        "goods": "delivered" if row["stage"] == "done" else "held", "hold_reasons": "[]",
    }  # fmt: skip


def _decision(row: dict[str, Any], place: int) -> dict[str, Any]:
    return empty_row(decisions) | {
        "id": f"D{place:025d}", "company": row["company"], "version": 2, "application_id": row["id"],
        "lender": row["lender"], "state": "approved", "external_id": f"E{place}", "offers": "[]", "wanted": "{}",
        "failures": 3 if place % 700 == 1 else 0,
    }  # fmt: skip
