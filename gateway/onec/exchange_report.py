"""The note beside a file that was not loaded, or not wholly: for a person, Russian first, then English."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.core.catalogue import sentence
from gateway.core.errors import KvitError
from gateway.core.problem import Problem

SUFFIX = ".report.txt"

_LISTED = 200


@dataclass(frozen=True, slots=True)
class FileReport:
    """What is wrong with one file or archive member.

    Attributes:
        error: why nothing of it was loaded; None when it was loaded except for `problems`.
    """

    name: str
    error: KvitError | None
    problems: tuple[Problem, ...] = ()


_LABELS = {
    "ru": {
        "rejected": "Файл не загружен: {name}",
        "partly": "Файл загружен не полностью: {name}",
        "remarks": "Файл загружен с замечаниями: {name}",
        "at": "Когда: {at}",
        "what": "Что не так: {text}",
        "do": "Что делать: {text}",
        "where": "строка {line}: ",
        "skipped": "[пропущено] ",
        "remark": "[замечание] ",
        "reads": " Там стоит: «{fragment}».",
        "part": "В архиве: {name}",
        "fine": "В архиве: {name} — загружен",
        "sha": "Контрольная сумма sha256: {sha}",
        "more": "…и ещё {count}.",
        "fixed": "Когда причина устранена, положите файл в папку обмена снова: то, что уже загружено, не удвоится.",
    },
    "en": {
        "rejected": "Not loaded: {name}",
        "partly": "Not wholly loaded: {name}",
        "remarks": "Loaded with remarks: {name}",
        "at": "When: {at}",
        "what": "What is wrong: {text}",
        "do": "What to do: {text}",
        "where": "line {line}: ",
        "skipped": "[left out] ",
        "remark": "[remark] ",
        "reads": " It reads: “{fragment}”.",
        "part": "In the archive: {name}",
        "fine": "In the archive: {name}: loaded",
        "sha": "sha256: {sha}",
        "more": "…and {count} more.",
        "fixed": "Once the cause is gone, put the file into the exchange folder again: nothing will be taken twice.",
    },
}


def report(name: str, sha256: str, reports: Sequence[FileReport], at: datetime, zone: ZoneInfo) -> bytes:
    """The report's bytes: UTF-8 with a byte order mark and CRLF, so that Notepad shows it right."""
    lines = [*_in("ru", name, sha256, reports, at, zone), "", "-" * 60, ""]
    lines += _in("en", name, sha256, reports, at, zone)
    return codecs.BOM_UTF8 + "\r\n".join([*lines, ""]).encode("utf-8")


def _in(
    language: str, name: str, sha256: str, reports: Sequence[FileReport], at: datetime, zone: ZoneInfo
) -> list[str]:
    labels = _LABELS[language]
    lines = [
        labels[_verdict(reports)].format(name=name),
        labels["at"].format(at=at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")),
    ]
    for part in reports:
        if part.name != name:
            fine = part.error is None and not part.problems
            lines += ["", labels["fine" if fine else "part"].format(name=part.name)]
        if part.error is not None:
            lines += ["", labels["what"].format(text=part.error.text(language))]
            if hint := part.error.hint(language):
                lines.append(labels["do"].format(text=hint))
        if part.problems:
            lines.append("")
            lines += [_problem(problem, language) for problem in part.problems[:_LISTED]]
            if len(part.problems) > _LISTED:
                lines.append(labels["more"].format(count=len(part.problems) - _LISTED))
    lines += ["", labels["fixed"]]
    return [*lines, labels["sha"].format(sha=sha256)] if sha256 else lines


def _verdict(reports: Sequence[FileReport]) -> str:
    if reports and all(part.error is not None for part in reports):
        return "rejected"
    left_out = any(part.error is not None or any(p.skipped for p in part.problems) for part in reports)
    return "partly" if left_out else "remarks"


def _problem(problem: Problem, language: str) -> str:
    labels = _LABELS[language]
    text = labels["skipped"] if problem.skipped else labels["remark"]
    if problem.line:
        text += labels["where"].format(line=problem.line)
    said = sentence(problem.code, language, problem.values)
    if problem.subject and problem.subject not in said:
        text += f"{problem.subject}: "
    text += said
    if problem.fragment and problem.fragment not in said:
        text += labels["reads"].format(fragment=" ".join(problem.fragment.split()))
    if hint := problem.hint(language):
        text += " " + hint
    return text
