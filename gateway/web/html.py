"""How pages are made: templates that escape everything, sums and days in both languages, and forms of our own only."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.requests import Request

from gateway.core.catalogue import NO_BREAK
from gateway.web.answers import Forbidden
from gateway.web.room import PublicRoom

LANGUAGES = ("ru", "en")


@cache
def environment() -> Environment:
    """The templates."""
    folder = resources.files("gateway.web") / "templates"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style() -> str:
    """How all pages look."""
    return (resources.files("gateway.web") / "static" / "kvit.css").read_text(encoding="utf-8")


def money(kopecks: int, language: str) -> str:
    """ "45 990,00 ₽", "45,990.00 ₽"."""
    whole, rest = divmod(abs(kopecks), 100)
    grouped = f"{whole:,}"
    russian = language == "ru"
    text = f"{grouped.replace(',', NO_BREAK)},{rest:02}" if russian else f"{grouped}.{rest:02}"
    return f"{'−' if kopecks < 0 else ''}{text}{NO_BREAK}₽"


def day(text: str | None) -> str:
    """A stored day, "21.11.2026"; "" for none."""
    return date.fromisoformat(text[:10]).strftime("%d.%m.%Y") if text else ""


def preferred_language(request: Request) -> str:
    """What the browser prefers of the two."""
    wanted = (part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])


def require_own_page(request: Request, room: PublicRoom) -> None:
    """Raise unless a form was sent by a page of ours, as far as browsers tell.

    Raises:
        Forbidden: `web.foreign_form`.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null").lower()
    # Our own pages send no referrer, so browsers may give "null" for their origin.
    if site not in (None, "same-origin") or origin not in ("null", room.origin):
        raise Forbidden("web.foreign_form")
