"""The tables of what carriers' codes mean, against the Post's own list."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from gateway.parcels import cdek_codes, post_codes
from gateway.parcels.meaning import WaitingPlace
from gateway.parcels.model import Effect
from tests.standards import need

TO_THE_SENDER = {2, 4, 7, 9, 16, 20, 22, 24, 28, 29, 30, 31}


@pytest.fixture(scope="module")
def posts() -> dict[str, tuple[str, str]]:
    """The Post's list: code → names of the type and of the attribute."""
    with need("russianpost/codes/oper_type_attr.csv").open(encoding="utf-8", newline="") as file:
        return {
            f"{row['oper_type']}:{row['oper_attr']}": (row["oper_type_name"], row["oper_attr_name"])
            for row in csv.DictReader(file)
        }


def test_every_code_of_the_post_has_its_meaning(posts: dict[str, tuple[str, str]]) -> None:
    assert len(posts) == 446
    assert set(post_codes.table()) == set(posts)


def test_every_note_says_why() -> None:
    for code, meaning in post_codes.table().items():
        assert meaning.means.endswith("."), code
        assert meaning.known
        assert (meaning.days_left is None) or meaning.effect is Effect.COUNTDOWN, code
        assert (meaning.place is None) or meaning.effect is Effect.ARRIVE, code


def test_every_effect_is_used() -> None:
    assert set(Effect) == {meaning.effect for meaning in post_codes.table().values()}


def test_handing_over_is_final_and_tells_the_sender_from_the_addressee(posts: dict[str, tuple[str, str]]) -> None:
    for code, (_, name) in posts.items():
        if not code.startswith("2:"):
            continue
        attribute = int(code[2:])
        to_sender = attribute in TO_THE_SENDER
        assert to_sender == ("отправител" in name.lower()), code
        assert post_codes.effect_of(code) is (Effect.DELIVER_BACK if to_sender else Effect.DELIVER), code


def test_days_left_are_those_of_the_posts_words(posts: dict[str, tuple[str, str]]) -> None:
    said = {}
    for code, (_, name) in posts.items():
        if found := re.search(r"остал(?:ось|ся) (\d+) д|(\d+) дня до окончания", name):
            said[code] = int(found[1] or found[2])
    assert said == {"8:27": 25, "8:28": 5, "8:33": 23, "8:35": 10, "8:42": 1, "8:43": 2, "8:56": 2}
    assert {code: post_codes.meaning_of(code).days_left for code in said} == said
    assert post_codes.meaning_of("8:40").days_left == 0


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("1:1", Effect.ACCEPT),
        ("28:0", Effect.REGISTER),
        ("46:0", Effect.NOTE),
        ("8:1", Effect.MOVE),
        ("31:21", Effect.MOVE),
        ("14:1", Effect.MOVE),
        ("14:4", Effect.CUSTOMS),
        ("39:8", Effect.NOTE),
        ("8:15", Effect.COURIER),
        ("8:18", Effect.COURIER),
        ("12:1", Effect.ATTEMPT),
        ("42:10", Effect.ATTEMPT),
        ("12:9", Effect.ARRIVE),
        ("6:3", Effect.ARRIVE),
        ("6:4", Effect.PROLONG),
        ("8:23", Effect.PROLONG),
        ("8:37", Effect.NOTE),
        ("8:12", Effect.FORWARD),
        ("8:64", Effect.FORWARD),
        ("8:75", Effect.FORWARD),
        ("12:12", Effect.FORWARD),
        ("1027:1", Effect.FORWARD),
        ("3:1", Effect.TURN_BACK),
        ("3:15", Effect.PARTIAL),
        ("48:0", Effect.PARTIAL),
        ("21:1", Effect.DELIVER),
        ("62:0", Effect.DELIVER_BACK),
        ("63:0", Effect.COD_PAID),
        ("5:1", Effect.LOSE),
        ("5:2", Effect.LOSE),
        ("12:28", Effect.LOSE),
        ("16:0", Effect.LOSE),
        ("17:0", Effect.LOSE),
        ("18:0", Effect.LOSE),
        ("8:26", Effect.RENUMBER),
        ("26:2", Effect.NOTE),
    ],
)
def test_what_the_post_means(code: str, effect: Effect) -> None:
    assert post_codes.effect_of(code) is effect


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("8:2", WaitingPlace.OFFICE),
        ("8:9", WaitingPlace.LOCKER),
        ("8:60", WaitingPlace.LOCKER),
        ("8:74", WaitingPlace.LOCKER),
        ("8:14", WaitingPlace.CENTRE),
        ("8:39", WaitingPlace.POINT),
        ("8:49", WaitingPlace.POINT),
    ],
)
def test_it_waits_in_many_kinds_of_places(code: str, place: WaitingPlace) -> None:
    meaning = post_codes.meaning_of(code)
    assert (meaning.effect, meaning.place) == (Effect.ARRIVE, place)


@pytest.mark.parametrize("code", ["2:99", "8:79", "99:1", "", "8", "DELIVERED"])
def test_an_unknown_code_of_the_post_is_a_flagged_note(code: str) -> None:
    assert post_codes.effect_of(code) is Effect.NOTE
    assert not post_codes.meaning_of(code).known


def test_cdek_words_stand_once() -> None:
    words = Counter(word for _, text in cdek_codes._GROUPS for word in text.split())
    assert {word for word, count in words.items() if count > 1} == set()
    assert len(cdek_codes.TABLE) >= 43


@pytest.mark.parametrize(
    ("word", "effect"),
    [
        ("CREATED", Effect.REGISTER),
        ("RECEIVED_AT_SHIPMENT_WAREHOUSE", Effect.ACCEPT),
        ("RETURNED_TO_SENDER_CITY_WAREHOUSE", Effect.MOVE),
        ("ACCEPTED_AT_PICK_UP_POINT", Effect.ARRIVE),
        ("POSTOMAT_POSTED", Effect.ARRIVE),
        ("TAKEN_BY_COURIER", Effect.COURIER),
        ("RETURNED_TO_RECIPIENT_CITY_WAREHOUSE", Effect.ATTEMPT),
        ("DELIVERED", Effect.DELIVER),
        ("POSTOMAT_RECEIVED", Effect.DELIVER),
        ("POSTOMAT_SEIZED", Effect.TURN_BACK),
        ("NOT_DELIVERED", Effect.TURN_BACK),
        ("INVALID", Effect.NOTE),
        ("IN_CUSTOMS_LOCAL", Effect.CUSTOMS),
    ],
)
def test_what_cdek_means(word: str, effect: Effect) -> None:
    assert cdek_codes.effect_of(word) is effect
    assert cdek_codes.meaning_of(word).known


def test_an_unknown_word_of_cdek_is_a_flagged_note() -> None:
    assert cdek_codes.effect_of("TELEPORTED") is Effect.NOTE
    assert not cdek_codes.meaning_of("TELEPORTED").known
