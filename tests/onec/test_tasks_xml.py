"""Call tasks in our own XML are valid against the schema we publish."""

from __future__ import annotations

import codecs
import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.money import Money
from gateway.onec.tasks_xml import NAMESPACE, TaskRecord, write_tasks

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "kvit-tasks.xsd"
AT = dt.datetime(2026, 11, 21, 9, 16, 43, 279000, tzinfo=dt.UTC)


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def task(**changes: object) -> TaskRecord:
    values: dict[str, object] = {
        "id": "01JD0000000000000000000001",
        "kind": "call",
        "state": "new",
        "title": "Позвонить покупателю: заказ УТ-125 оплачен",
        "due_at": AT + dt.timedelta(minutes=15),
        "created_at": AT,
        "bank_time": AT - dt.timedelta(minutes=3),
        "order_id": "6f1d8a0e-0000-4000-8000-000000000001",
        "order_number": "УТ-125",
        "order_date": dt.date(2026, 11, 20),
        "buyer": 'ООО "Ромашка"',
        "inn": "7707083893",
        "contact": "Иванов Пётр",
        "phone": "+7 900 000-00-02",
        "address": "Тула, Мира 1",
        "amount": Money(1220000),
        "delivery": "pickup",
        "script": "Здравствуйте!\nВаш заказ оплачен.",
    }
    return TaskRecord(**{**values, **changes})  # type: ignore[arg-type]  # values of any field


def test_the_file_is_valid_and_says_everything() -> None:
    done = task(id="2", state="done", result="will_collect", result_note="Приедет в 15:00", done_at=AT)
    content = write_tasks([done, task()], made_at=AT, company="ООО Рамочная").content
    assert content.startswith(codecs.BOM_UTF8)
    root = etree.fromstring(content)
    schema().assertValid(root)
    first, second = root
    assert first.get("id") == "01JD0000000000000000000001", "by due time, then id"
    assert first.findtext(f"{{{NAMESPACE}}}due_at") == "2026-11-21T12:31:43+03:00"
    assert first.findtext(f"{{{NAMESPACE}}}amount") == "12200.00"
    order = first.find(f"{{{NAMESPACE}}}order")
    assert order is not None and {str(key): value for key, value in order.attrib.items()} == {
        "id": "6f1d8a0e-0000-4000-8000-000000000001",
        "number": "УТ-125",
        "date": "2026-11-20",
    }
    result = second.find(f"{{{NAMESPACE}}}result")
    assert result is not None and (result.get("code"), result.text) == ("will_collect", "Приедет в 15:00")


def test_a_bare_task_and_no_task_at_all_are_valid() -> None:
    bare = TaskRecord("1", "review", "new", "Разобрать платёж", AT, AT)
    schema().assertValid(etree.fromstring(write_tasks([bare], made_at=AT).content))
    schema().assertValid(etree.fromstring(write_tasks([], made_at=AT).content))


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        write_tasks([], made_at=AT.replace(tzinfo=None))


def test_the_same_facts_give_the_same_bytes() -> None:
    assert write_tasks([task()], made_at=AT).content == write_tasks([task()], made_at=AT).content


TEXT = st.one_of(st.text(max_size=30), st.just("я" * 4000), st.text(alphabet='\x00\ud800&<"\n я', max_size=20))
INSTANTS = st.datetimes(min_value=dt.datetime(2000, 1, 1), max_value=dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))


@settings(deadline=None)
@given(TEXT, TEXT, TEXT, TEXT, INSTANTS, st.integers(0, 10**17), st.sampled_from(["", "pickup", "delivery"]))
def test_any_values_give_a_valid_file(
    title: str, buyer: str, phone: str, number: str, at: dt.datetime, kopecks: int, delivery: str
) -> None:
    record = task(
        title=title, buyer=buyer, phone=phone, inn=phone, contact=buyer, address=title, script=title,
        order_number=number, due_at=at, created_at=at, bank_time=at, amount=Money(kopecks), delivery=delivery,
    )  # fmt: skip
    schema().assertValid(etree.fromstring(write_tasks([record], made_at=AT).content))
