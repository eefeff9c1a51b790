"""Errors: one code, two languages, never an exception about an exception."""

from __future__ import annotations

from gateway.core.errors import Conflict, Corrupt, KvitError, Refused, Unavailable


def test_the_tree() -> None:
    assert issubclass(Conflict, Refused)
    for branch in (Refused, Unavailable, Corrupt):
        assert issubclass(branch, KvitError)
    assert not issubclass(Corrupt, Refused)


def test_both_languages_name_the_value() -> None:
    error = Refused("money.unreadable", text="сто рублей")
    assert "сто рублей" in error.text("ru")
    assert "сто рублей" in error.text("en")
    assert error.hint("ru")
    assert str(error) == f"{error.text()} {error.hint()}"


def test_an_unknown_code_shows_itself() -> None:
    error = Corrupt("nobody.wrote_this", size=5)
    assert "nobody.wrote_this" in error.text("ru")
    assert "5" in error.text("ru")
    assert error.hint("ru") == ""
    assert Corrupt("nobody.wrote_this").text() == "nobody.wrote_this"


def test_a_forgotten_value_does_not_hide_the_error() -> None:
    error = Refused("money.unreadable", amount="7")
    assert "not a sum" in error.text("en")
    assert "amount" in error.text("en")


def test_unavailable_says_when_to_come_back() -> None:
    assert Unavailable("nobody.wrote_this").retry_after == 60.0
    assert Unavailable("nobody.wrote_this", retry_after=5).retry_after == 5
