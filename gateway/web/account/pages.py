"""Pages of the account: what every one of them shows, and how a history is written in both languages."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.core.authority import Right
from gateway.core.catalogue import NO_BREAK, entries, sentence
from gateway.core.clock import from_text
from gateway.core.errors import KvitError
from gateway.core.money import Money
from gateway.web.account.visits import Visit
from gateway.web.answers import headers_of, status_of
from gateway.web.html import day, environment, money

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def show(visit: Visit, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for this visit."""
    context = {**_words(visit), **values}
    content = environment().get_template(template).render(context)
    return HTMLResponse(content, status, {"Content-Security-Policy": CSP, "Content-Language": visit.language})


def alone(template: str, language: str, **values: Any) -> str:
    """A page nobody visits: a file to be kept and printed."""
    return environment().get_template(template).render({"say": _speaker(language), "language": language, **values})


def show_error(visit: Visit, error: KvitError, back: str = "/shop/applications") -> Response:
    """A page that says what happened and what to do about it."""
    page = show(visit, "error.html", status_of(error), error=told(error, visit.language), back=back)
    for name, value in headers_of(error).items():
        page.headers[name] = value
    return page


def told(error: KvitError, language: str) -> dict[str, str]:
    """An error's sentence and hint."""
    return {"code": error.code, "text": error.text(language), "hint": error.hint(language)}


def go(address: str) -> RedirectResponse:
    """After an act: look at what came of it. Reloading that page repeats nothing."""
    return RedirectResponse(address, 303)


def when(text: str | None, zone: ZoneInfo) -> str:
    """A stored instant on the company's clock, "21.11.2026 12:05"; "" for none."""
    return from_text(text).astimezone(zone).strftime("%d.%m.%Y %H:%M") if text else ""


def _words(visit: Visit) -> dict[str, Any]:
    language, zone = visit.language, visit.room.loans.zone
    say = _speaker(language)
    return {
        "say": say,
        "happened": lambda event: say(event["code"], _readable(visit, event["values"])),
        "knows": lambda code: code in entries(),
        "money": lambda kopecks: money(kopecks, language),
        "when": lambda text: when(text, zone),
        "day": day,
        "percent": lambda text: text.replace(".", ",") if language == "ru" else text,
        "lender": lambda key: visit.room.titles.get(key, key),
        "may": lambda right: visit.person is not None and visit.person.actor.may(Right(right)),
        "form_key": lambda: secrets.token_urlsafe(12),
        "language": language,
        "visit": visit,
        "person": visit.person,
        "mark": visit.mark,
        "company": visit.room.loans.own,
    }


def _speaker(language: str) -> Callable[..., str]:
    def say(code: str, values: Mapping[str, object] | None = None, /, **named: object) -> str:
        return sentence(code, language, {**(values or {}), **named})

    return say


def _readable(visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
    """A history line's values with their codes turned into words."""
    language = visit.language
    worded = {"by": "loan.by.{}", "way": "loan.way.{}", "document": "web.kind.{}", "reason": "loan.reason.{}"}
    found = dict(values)
    for name, code in worded.items():
        code = code.format(values.get(name))
        if name in values and code in entries():
            word = sentence(code, language, {})
            found[name] = word[:1].lower() + word[1:]
    if "cost" in values:
        found["cost"] = money(Money.parse(values["cost"]).kopecks, language).removesuffix(f"{NO_BREAK}₽")
    if "lender" in values:
        found["lender"] = visit.room.titles.get(values["lender"], values["lender"])
    return found
