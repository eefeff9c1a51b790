"""The report of a back-test for a director: what would have gone by itself, what not and why, what could be improved.

One content, two forms: a page that stands alone and prints on paper, and plain text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from gateway.core.catalogue import NO_BREAK, sentence
from gateway.matching.decision import Outcome
from gateway.matching.explain import outcome_text
from gateway.matching.trial_summary import Answer, Example, Group, Summary, Tally, advice
from gateway.service.trials.bad_rows import BadRow

_WIDTH = 100
_LISTED = 30  # bad rows shown; all are counted


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the first table: so many, so much, and which share of all payments that is."""

    label: str
    count: str
    amount: str
    share: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of the other tables: payments of one outcome with one of them as an example."""

    label: str
    count: str
    amount: str
    payer: str
    purpose: str
    why: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole report in one language."""

    language: str
    title: str
    about: Sequence[str]
    headings: Sequence[str]
    figures: Sequence[Figure]
    sections: Sequence[tuple[str, Sequence[Reason]]]
    advice_title: str
    advice: Sequence[str]
    bad_title: str
    bad: Sequence[str]


def write(summary: Summary, source: str, language: str, bad: Sequence[BadRow] = ()) -> Sheet:
    """The report's content.

    Args:
        source: what was read, as a person would name it.
        language: "ru" or "en".
        bad: rows of the input to be listed; `summary.bad_rows` says how many there were.
    """
    say = _Words(language)
    return Sheet(
        language=language,
        title=say("trial.report.title"),
        about=list(_about(summary, source, say)),
        headings=[say(f"trial.report.{name}") for name in ("what", "count", "amount", "share", "example")],
        figures=list(_figures(summary, say)),
        sections=[
            (say(f"trial.report.section.{answer.value}"), [_reason(o, g, say) for o, g in summary.of(answer)])
            for answer in (Answer.PERSON, Answer.DUPLICATE, Answer.AUTO)
            if summary.of(answer)
        ],
        advice_title=say("trial.report.advice"),
        advice=list(advice_texts(summary, language)),
        bad_title=say("trial.report.bad", count=summary.bad_rows),
        bad=list(_bad_rows(summary, bad, say)),
    )


def advice_texts(summary: Summary, language: str) -> Iterator[str]:
    """What could be improved, a sentence each; one that says so when there is nothing."""
    found = [sentence(one.code, language, one.values) for one in advice(summary)]
    yield from found or [sentence("trial.advice.nothing", language, {})]


def html(sheet: Sheet) -> bytes:
    """The report as a page, UTF-8."""
    return _template().render(sheet=sheet).encode("utf-8")


def headline(sheet: Sheet) -> str:
    """What it is about and the first table, as text."""
    widest = max(len(figure.label) for figure in sheet.figures)
    figures = [f"{f.label:<{widest}}  {f.count:>9}  {f.amount:>22}  {f.share}".rstrip() for f in sheet.figures]
    return "\n".join([*sheet.about, "", *figures])


def plain(sheet: Sheet) -> str:
    """The report as text."""
    lines = [sheet.title, "=" * len(sheet.title), "", headline(sheet)]
    for title, reasons in sheet.sections:
        lines += ["", title, "-" * len(title)]
        for reason in reasons:
            lines += [f"{reason.count:>9}  {reason.amount:>22}  {reason.label}", *_example_lines(reason)]
    lines += ["", sheet.advice_title, "-" * len(sheet.advice_title)]
    lines += [line for text in sheet.advice for line in textwrap.wrap(f"- {text}", _WIDTH, subsequent_indent="  ")]
    if sheet.bad:
        lines += ["", sheet.bad_title, "-" * len(sheet.bad_title), *sheet.bad]
    return "\n".join(lines) + "\n"


def _example_lines(reason: Reason) -> list[str]:
    indent = " " * 35
    told = [f"{reason.payer}: «{reason.purpose}»", reason.why]
    wrapper = textwrap.TextWrapper(_WIDTH + 20, initial_indent=indent, subsequent_indent=indent)
    return [line for text in told for line in wrapper.wrap(text)]


class _Words:
    """Sentences and figures in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, code: str, /, **values: object) -> str:
        return sentence(code, self.language, values)

    def count(self, number: int) -> str:
        return f"{number:,}".replace(",", NO_BREAK if self.language == "ru" else ",")

    def amount(self, tally: Tally) -> str:
        return self("trial.report.roubles", amount=tally.amount.decimal_text())

    def share(self, part: Tally, whole: Tally) -> str:
        count, money = (self.percent(share) for share in part.share_of(whole))
        return self("trial.report.shares", count=count, money=money)

    def percent(self, share: float) -> str:
        """One digit behind the point, and never 100 % or 0 % of what is not all or nothing."""
        text = f"{min(share, 0.999) * 100 if share < 1 else 100:.1f}"
        if share and text == "0.0":
            text = "0.1"
        return text.replace(".", ",") if self.language == "ru" else text

    def day(self, day: date) -> str:
        return f"{day:%d.%m.%Y}" if self.language == "ru" else day.isoformat()


def _about(summary: Summary, source: str, say: _Words) -> Iterator[str]:
    yield say("trial.report.source", source=source)
    if summary.first and summary.last:
        yield say("trial.report.days", first=say.day(summary.first), last=say.day(summary.last))
    if summary.stopped:
        yield say("trial.report.stopped")
    yield say("trial.report.nothing_changed")


def _figures(summary: Summary, say: _Words) -> Iterator[Figure]:
    whole = summary.payments
    yield Figure(say("trial.report.all"), say.count(whole.count), say.amount(whole), "")
    for answer in Answer:
        tally = summary.tally(answer)
        label = say(f"trial.report.answer.{answer.value}")
        yield Figure(label, say.count(tally.count), say.amount(tally), say.share(tally, whole))
    yield Figure(say("trial.report.suggested"), say.count(summary.suggested), "", "")
    yield Figure(say("trial.report.released"), say.count(summary.released.count), say.amount(summary.released), "")


def _reason(outcome: Outcome, group: Group, say: _Words) -> Reason:
    example = group.example
    return Reason(
        label=outcome_text(outcome, say.language),
        count=say.count(group.tally.count),
        amount=say.amount(group.tally),
        payer=f"{_day_of(example, say)}{example.payer}",
        purpose=example.purpose,
        why=example.why(say.language),
    )


def _day_of(example: Example, say: _Words) -> str:
    return f"{say.day(date.fromisoformat(example.booked))}, " if example.booked else ""


def _bad_rows(summary: Summary, bad: Sequence[BadRow], say: _Words) -> Iterator[str]:
    shown = list(bad)[:_LISTED]
    for row in shown:
        yield bad_row_text(row, say.language)
    if shown and summary.bad_rows > len(shown):
        yield say("trial.report.more", count=summary.bad_rows - len(shown))


def bad_row_text(row: BadRow, language: str) -> str:
    """ "payments.jsonl, line 12: … «P000012»"."""
    problem = row.problem
    place = sentence("trial.report.place", language, {"file": row.file, "line": problem.line})
    effect = sentence("trial.report.left_out" if problem.skipped else "trial.report.used", language, {})
    fragment = f" «{problem.fragment}»" if problem.fragment else ""
    return f"{place}: {problem.text(language)}{fragment} {effect}"


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = (resources.files("gateway.service.trials") / "report.html").read_text(encoding="utf-8")
    return environment.from_string(source)
