"""Reading 1CClientBankExchange text as banks really write it.

Met in the wild and allowed for: UTF-8 under "Кодировка=Windows"; lower-case names of encodings; "1 000,50"; blank
lines; a purpose broken over several lines; keys no list knows; a document without a kind; a last line in another
encoding than the rest. A file without its last line is refused: half a statement looks exactly like a whole one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.bank.formats.clientbank import (
    FIRST_LINE,
    LAST_LINE,
    AccountSection,
    BankDocument,
    ClientBankFile,
    Field,
    first_value,
    purpose,
    side,
)
from gateway.core.encoding import Decoded, broken_at_the_end, decode_bank
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.problem import Problem

_LINE_END = re.compile(r"\r\n|\n|\r")
_OPENS = {"СекцияРасчСчет": "КонецРасчСчет", "СекцияДокумент": "КонецДокумента"}
_CLOSES = set(_OPENS.values())
# A key is one word in camel case; "НДС=…", "по счету=…" at the start of a line are a broken purpose going on
_KEY = re.compile(r"[А-ЯЁA-Z][А-Яа-яЁёA-Za-z0-9_]*")
_PURPOSE_KEYS = re.compile(r"НазначениеПлатежа[1-6]?")
_DATE = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})")


def read(data: bytes) -> ClientBankFile:
    """One file.

    Raises:
        Refused: `onec.file_empty`, `onec.bank_not_ours` (the first line is another), `onec.bank_truncated` (the last
            line is missing), `onec.encoding_unknown`, `onec.encoding_unreadable`.
    """
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise Refused("onec.file_empty")
    if broken_at_the_end(data):
        raise Refused("onec.bank_truncated", line=data.count(b"\n") + 1, fragment="")
    decoded = decode_bank(data)
    return _FileReader(decoded).result()


@dataclass(slots=True)
class _Section:
    """A section while it is being read; the header is one too."""

    name: str
    kind: str
    line: int
    fields: list[Field] = field(default_factory=list)

    def add(self, key: str, value: str, line: int) -> None:
        self.fields.append(Field(key, value, line))

    def go_on(self, text: str) -> None:
        """`text` continues the value before it."""
        last = self.fields[-1]
        self.fields[-1] = Field(last.key, f"{last.value}\n{text}", last.line)


class _FileReader:
    def __init__(self, decoded: Decoded) -> None:
        self._decoded = decoded
        self._lines = [line.rstrip() for line in _LINE_END.split(decoded.text)]
        self._problems: list[Problem] = []
        self._sections: list[AccountSection] = []
        self._documents: list[BankDocument] = []
        self._header = _Section("", "", 1)
        self._ended = False
        if decoded.differs:
            values = {"declared": decoded.declared, "encoding": decoded.encoding}
            self._warn(1, "onec.encoding_differs", values, "")

    def result(self) -> ClientBankFile:
        for section in self._read_sections():
            if section.name == "СекцияРасчСчет":
                self._account_section(section)
            elif section.name == "СекцияДокумент":
                self._document(section)
        if not self._ended:
            last = max((n for n, line in enumerate(self._lines, start=1) if line.strip()), default=1)
            raise Refused("onec.bank_truncated", line=last, fragment=self._lines[last - 1].strip()[:120])
        header = tuple(self._header.fields)
        accounts = [f.value.strip() for f in header if f.key == "РасчСчет"]
        accounts += [section.account for section in self._sections]
        return ClientBankFile(
            version=first_value(header, "ВерсияФормата"),
            encoding=self._decoded.encoding,
            sender=first_value(header, "Отправитель"),
            receiver=first_value(header, "Получатель"),
            made_at=_made_at(first_value(header, "ДатаСоздания"), first_value(header, "ВремяСоздания")),
            date_from=read_date(first_value(header, "ДатаНачала")),
            date_to=read_date(first_value(header, "ДатаКонца")),
            accounts=tuple(dict.fromkeys(account for account in accounts if account)),
            sections=tuple(self._sections),
            documents=tuple(self._documents),
            fields=header,
            problems=tuple(sorted(self._problems, key=lambda problem: problem.line)),
        )

    def _read_sections(self) -> Iterator[_Section]:
        """The closed sections, in order; header fields go to the header."""
        start = next((n for n, line in enumerate(self._lines) if line.strip()), 0)
        if self._lines[start].strip() != FIRST_LINE:
            raise Refused("onec.bank_not_ours", line=start + 1, fragment=self._lines[start].strip()[:120])
        current = self._header
        for number, raw in enumerate(self._lines[start + 1 :], start=start + 2):
            text = raw.strip()
            if not text:
                continue
            if self._ended:
                self._warn(number, "onec.bank_after_end", {}, text)
                continue
            key, equals, value = text.partition("=")
            key = key.strip()
            if key == LAST_LINE or _repaired(key) == LAST_LINE:
                if current is not self._header:
                    self._warn(number, "onec.bank_section_open", {"section": current.name}, text)
                    yield current
                self._ended = True
            elif key in _OPENS:
                if current is not self._header:
                    self._warn(number, "onec.bank_section_open", {"section": current.name}, text)
                    yield current
                current = _Section(key, value.strip(), number)
            elif key in _CLOSES and not value.strip():
                if current is self._header or _OPENS[current.name] != key:
                    self._warn(number, "onec.bank_section_stray", {"section": key}, text)
                    continue
                yield current
                current = self._header
            else:
                self._field(current, key if equals else "", value, raw, number)

    def _field(self, section: _Section, key: str, value: str, raw: str, number: int) -> None:
        after_purpose = bool(section.fields) and _PURPOSE_KEYS.fullmatch(section.fields[-1].key)
        shouted = len(key) > 1 and key.isupper() and key not in _UPPER_KEYS
        if _KEY.fullmatch(key) and not (after_purpose and shouted):
            section.add(key, value.strip(), number)
        elif section.fields:
            section.go_on(raw.strip())
        else:
            self._warn(number, "onec.bank_line_stray", {}, raw.strip())

    def _account_section(self, section: _Section) -> None:
        fields = tuple(section.fields)

        def amount(key: str) -> Money | None:
            return self._balance(fields, key)

        found = AccountSection(
            account=first_value(fields, "РасчСчет"),
            date_from=read_date(first_value(fields, "ДатаНачала")),
            date_to=read_date(first_value(fields, "ДатаКонца")),
            opening=amount("НачальныйОстаток"),
            received=amount("ВсегоПоступило"),
            written_off=amount("ВсегоСписано"),
            closing=amount("КонечныйОстаток"),
            line=section.line,
            fields=fields,
        )
        if found.chains is False:
            values = {"account": found.account, "closing": str(found.closing)}
            self._warn(section.line, "onec.bank_balance_differs", values, "")
        self._sections.append(found)

    def _balance(self, fields: tuple[Field, ...], key: str) -> Money | None:
        text = first_value(fields, key)
        if not text:
            return None
        try:
            return Money.parse(text)
        except Refused as error:
            line = next(f.line for f in fields if f.key == key and f.value.strip())
            self._warn(line, error.code, {"text": text[:40]}, f"{key}={text}")
            return None

    def _document(self, section: _Section) -> None:
        fields = tuple(section.fields)
        number = first_value(fields, "Номер")
        text = first_value(fields, "Сумма")
        if not section.kind:
            self._warn(section.line, "onec.bank_no_kind", {"number": number}, "")
        made = read_date(first_value(fields, "Дата"))
        try:
            amount = Money.parse(text)
        except Refused as error:
            self._skip(section, error.code, {"text": text[:40], "number": number})
            return
        if made is None:
            self._skip(section, "onec.bank_no_date", {"number": number})
            return
        self._documents.append(
            BankDocument(
                kind=section.kind,
                number=number,
                date=made,
                amount=amount,
                payer=side(fields, "Плательщик"),
                payee=side(fields, "Получатель"),
                debited=read_date(first_value(fields, "ДатаСписано")),
                credited=read_date(first_value(fields, "ДатаПоступило")),
                purpose=purpose(fields),
                uin=first_value(fields, "Код"),
                line=section.line,
                fields=fields,
            )
        )

    def _skip(self, section: _Section, code: str, values: dict[str, str]) -> None:
        shown = "; ".join(f"{f.key}={f.value}" for f in section.fields[:4])
        self._problems.append(Problem(section.line, code, values, shown[:120], True, values["number"]))

    def _warn(self, line: int, code: str, values: dict[str, str], fragment: str) -> None:
        self._problems.append(Problem(line, code, values, fragment[:120], False))


_UPPER_KEYS = {"ОКАТО", "ОКТМО", "КБК", "УИН"}


def read_date(text: str) -> dt.date | None:
    """ "11.01.2016" as a date, None when it is none (also 00.00.0000, which some banks write for nothing)."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    try:
        return dt.date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def _made_at(day: str, clock: str) -> dt.datetime | None:
    made = read_date(day)
    if made is None:
        return None
    found = re.fullmatch(r"(\d\d?):(\d\d)(?::(\d\d))?", clock.strip())
    try:
        at = dt.time(int(found[1]), int(found[2]), int(found[3] or 0)) if found else dt.time()
    except ValueError:
        at = dt.time()
    return dt.datetime.combine(made, at)


def _repaired(text: str) -> str:
    """A UTF-8 word that was decoded as cp1251 with the rest of its file, put right."""
    try:
        return text.encode("cp1251").decode("utf-8")
    except UnicodeError:
        return text
