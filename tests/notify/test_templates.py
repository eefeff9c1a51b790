"""Texts: what may stand in one, what cannot get in by a value, versions, what it costs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from gateway.core.authority import Actor, Role
from gateway.core.catalogue import entries
from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.notify import language, templates
from gateway.notify.model import NotificationChannel
from gateway.notify.templates import EVENTS, MACROS, Text
from gateway.store import Store
from tests.notify.messages import EMAIL, SMS, TERMS, VALUES

MANAGER = Actor("Олег", Role.MANAGER)
GIVEN = {
    "ru": {},
    "en": {"cod": "4 560.00 RUB", "order": "A-12", "place": "at the post office", "office": "Samara", "name": "Ann"},
}
OWN = Text("roga", "ready", SMS, 0, "", "Ждёт: {{ track }}", active=True)


@pytest.mark.parametrize("tongue", templates.LANGUAGES)
@pytest.mark.parametrize("event", EVENTS)
def test_kvits_own_texts_say_what_matters_and_are_short(store: Store, event: str, tongue: str) -> None:
    with store.reading() as connection:
        for channel in (SMS, EMAIL):
            text = templates.in_force(connection, "frames", "roga", event, channel, tongue)
            shown = templates.preview(TERMS, channel, text.subject, text.body, GIVEN[tongue])
            assert shown.problems == ()
            assert MACROS["track"] in shown.text
            assert ("4 560.00" in shown.text) == (event != "maybe_ready" or channel is EMAIL)
            assert shown.segments <= (3 if tongue == "ru" else 1)
            bare = templates.render(connection, "frames", TERMS, "roga", event, channel, {"track": "RA1"}, tongue)
            assert bare is not None
            assert "  " not in bare.body
            assert "\n\n\n" not in bare.body
            assert not bare.body.rstrip(".").endswith(":")
            assert bare.version == 0


def test_a_guess_is_never_told_as_a_fact(store: Store) -> None:
    with store.reading() as connection:
        for tongue, word in (("ru", "возможно"), ("en", "may ")):
            text = templates.render(connection, "frames", TERMS, "", "maybe_ready", SMS, VALUES, tongue)
            assert text is not None
            assert word in text.body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{{ track * 1000000000 }}", "forbidden"),
        ("{{ 'a' * 10**9 }}", "forbidden"),
        ("{% for a in track %}{{ a }}{% endfor %}", "forbidden"),
        ("{{ range(100) }}", "forbidden"),
        ("{{ track.__class__ }}", "forbidden"),
        ("{{ track['x'] }}", "forbidden"),
        ("{{ track|center(100000000) }}", "forbidden"),
        ("{{ track|upper(1) }}", "forbidden"),
        ("{{ track|default }}", "forbidden"),
        ("{% if track > 1 %}x{% endif %}", "forbidden"),
        ("{% set a = track %}", "forbidden"),
        ("{% include 'x' %}", "forbidden"),
        ("{{ track ~ track }}", "forbidden"),
        ("{{ 1 }}", "forbidden"),
        ("{{ password }}", "macro"),
        ("{{ track", "wrong"),
        ("{% if track %}", "wrong"),
        ("{{ track|nosuch }}", "forbidden"),
        ("{% if not " + "not " * 900 + "track %}x{% endif %}", "wrong"),
        ("{% if track %}" * 150 + "{% endif %}" * 150, "wrong"),
        ("я" * 4001, "long"),
        ("{{ cod and '' }}", "empty"),
        ("я" * 540, "parts"),
    ],
)
def test_what_a_text_may_not_do_is_refused_at_once(store: Store, body: str, code: str) -> None:
    began = time.monotonic()
    shown = templates.preview(TERMS, SMS, "", body)
    assert not shown.can_be_saved
    assert shown.problems[0].code == f"notify.text.{code}"
    with store.unit(MANAGER) as unit, pytest.raises(Refused) as refused:
        templates.put(unit, TERMS, replace(OWN, body=body))
    assert refused.value.code == f"notify.text.{code}"
    assert time.monotonic() - began < 1


def test_what_a_text_may_do() -> None:
    source = (
        "{% if cod and not office %}{{ cod }}{% elif track == 'RA1' or name != '' %}{{ name|default('Друг')|upper }}"
        "{% else %}{{ order|trim }}{% endif %}{# remark #}"
    )
    assert language.check(source) == {"cod", "office", "track", "name", "order"}
    assert language.render(source, {"track": "RA1", "name": "Анна"}) == "АННА"
    assert language.render(source, {"cod": "5 ₽"}) == "5 ₽"
    assert language.render(source, {"order": " 7 "}) == "7"


def test_a_value_stays_in_its_place(store: Store) -> None:
    evil = "Анна\r\nBcc: x@y.ru\x00\u202e\u2028 {{ track }} {% if x %}"
    rendered = language.render("Здравствуйте, {{ name }}!", {"name": evil})
    assert rendered == "Здравствуйте, Анна Bcc: x@y.ru {{ track }} {% if x %}!"
    with store.unit(MANAGER) as unit:
        templates.put(unit, TERMS, Text("", "ready", EMAIL, 0, "Заказ {{ order }}\n{{ name }}", "Ждёт", active=True))
        letter = templates.render(
            unit.connection, "frames", TERMS, "roga", "ready", EMAIL, {"name": evil, "order": "1"}
        )
    assert letter is not None
    assert letter.subject.splitlines() == [letter.subject]
    assert len(language.render("{{ name }}", {"name": "я" * 5000})) == 300
    with pytest.raises(Refused):
        language.render("x", {"password": "1"})


def test_versions_shops_and_switching_off(store: Store) -> None:
    with store.unit(MANAGER) as unit:
        assert templates.put(unit, TERMS, replace(OWN, shop="", body="Всем {{ track }}")) == 1
        assert templates.put(unit, TERMS, OWN) == 1
        assert templates.put(unit, TERMS, replace(OWN, version=1, body="Новый {{ track }}")) == 2
        with pytest.raises(Conflict):
            templates.put(unit, TERMS, replace(OWN, version=1))
        unit.commit()
    with store.reading() as connection:
        shown = templates.render(connection, "frames", TERMS, "roga", "ready", SMS, VALUES)
        other = templates.render(connection, "frames", TERMS, "kopyta", "ready", SMS, VALUES)
        assert shown is not None
        assert other is not None
        assert (shown.body, shown.version) == ("Новый 14102192069353", 2)
        assert other.body == "Всем 14102192069353"
        kept = templates.versions(connection, "frames", "roga", "ready", SMS)
        assert [(text.version, by) for text, _, by in kept] == [(2, str(MANAGER)), (1, str(MANAGER))]
    with store.unit(MANAGER) as unit:
        templates.put(unit, TERMS, replace(OWN, version=2, active=False))
        assert templates.render(unit.connection, "frames", TERMS, "roga", "ready", SMS, VALUES) is None
    with store.unit(Actor("Ира", Role.WAREHOUSE)) as unit, pytest.raises(Refused) as refused:
        templates.put(unit, TERMS, OWN)
    assert refused.value.code == "authority.missing"
    with store.unit(MANAGER) as unit, pytest.raises(Refused) as refused:
        templates.put(unit, TERMS, replace(OWN, event="nosuch"))
    assert refused.value.code == "notify.text.event"


def test_a_preview_reckons_and_warns() -> None:
    def codes(channel: NotificationChannel, subject: str, body: str) -> list[str]:
        return [each.code for each in templates.preview(TERMS, channel, subject, body).problems]

    shown = templates.preview(TERMS, SMS, "", "Посылка {{ track }}: " + "я" * 60)
    assert (shown.segments, shown.encoding, shown.price) == (2, "ucs2", Money(700))
    assert shown.can_be_saved
    assert codes(SMS, "", "Parcel {{ track }} № 1") == ["notify.text.costly"]
    assert codes(SMS, "", "Ждёт вас") == ["notify.text.which_parcel"]
    assert codes(SMS, "", "{{ track }}" + "я" * 250) == ["notify.text.many_parts"]
    assert codes(EMAIL, "", "Ждёт вас") == ["notify.text.no_subject", "notify.text.no_way_out"]


def test_every_macro_is_explained() -> None:
    assert all(f"notify.macro.{name}" in entries() for name in MACROS)
