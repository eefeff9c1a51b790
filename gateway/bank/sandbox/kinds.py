"""The misbehaviours the sandbox bank knows, and which of them mean something on which channel.

What each one does on each channel stands in one table in `gateway.bank.sandbox.behave`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ANY = "any"
BXD, DIRECTBANK = "bxd", "directbank"
CHANNELS = (BXD, DIRECTBANK)
OPERATIONS = ("uploadFile", "downloadFileList", "downloadFile", "deleteFile", "getUserInfo")
METHODS = ("Logon", "LogonOTP", "LogonCert", "GetSettings", "SendPack", "GetPackList", "GetPack")
WRAPPINGS = ("header", "security", "object", "second-body", "inside-body")
MISSIGNINGS = ("attached", "swapped", "second-signature")
_DOWNLOAD = {BXD: "downloadFile", DIRECTBANK: "GetPack"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A behaviour the bank knows.

    Attributes:
        level: "reply" (to one request), "file" (the next one made), "payment" (the next operation booked) or "order"
            (the next payment orders taken).
        en, ru: what it does, one line.
        by_channel: options and their defaults on each channel where it means something.
        needs_content: only a reply that carries a file can go wrong this way.
    """

    level: str
    en: str
    ru: str
    by_channel: Mapping[str, Mapping[str, str]]
    needs_content: bool = False

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(self.by_channel)

    @property
    def options(self) -> Mapping[str, str]:
        """Options and defaults on the first channel it is known on."""
        return next(iter(self.by_channel.values()))


def _reply(
    en: str,
    ru: str,
    operation: str = "",
    content: bool = False,
    *,
    directbank: Mapping[str, str | None] | None = None,
    **options: str,
) -> Kind:
    """`operation`: "" the one that brings files; `directbank`: other defaults there, None for an option it lacks."""
    known = {c: {"operation": operation or _DOWNLOAD[c], **options} for c in CHANNELS}
    for option, value in (directbank or {}).items():
        if value is None:
            del known[DIRECTBANK][option]
        else:
            known[DIRECTBANK][option] = value
    return Kind("reply", en, ru, known, content)


def _file(en: str, ru: str, *, directbank: Mapping[str, str] | None = None, **options: str) -> Kind:
    return Kind("file", en, ru, {BXD: options, DIRECTBANK: options if directbank is None else directbank})


def _order(en: str, ru: str, **options: str) -> Kind:
    return Kind("order", en, ru, dict.fromkeys(CHANNELS, options))


def _own(level: str, en: str, ru: str, content: bool = False, **options: str) -> Kind:
    """DirectBank's own."""
    return Kind(level, en, ru, {DIRECTBANK: options}, content)


KINDS: Mapping[str, Kind] = {
    "silent": _reply("accepts the request and never answers", "принимает запрос и не отвечает", ANY),
    "slow": _reply("answers after `seconds`", "отвечает через `seconds` секунд", ANY, seconds="20"),
    "http-500": _reply("answers with an HTTP error page", "отвечает страницей ошибки HTTP", ANY),
    "empty": _reply("answers 200 with an empty body", "отвечает 200 с пустым телом", ANY),
    "duplicate-file": _file(
        "offers the next file twice", "выдаёт следующий файл дважды", directbank={"mode": "packets"}, kind=ANY
    ),
    "overlapping": _file(
        "repeats the last `lines` operations in the next notification (0: all of the day)",
        "повторяет последние `lines` операций в следующем уведомлении (0: все за день)",
        lines="5",
    ),
    "gap": _file(
        "withholds the next statement, or states a wrong opening balance (mode=opening)",
        "задерживает следующую выписку или пишет неверный входящий остаток (mode=opening)",
        mode="missing",
        amount="1000.00",
    ),
    "out-of-order": _file("offers the next two files in reverse", "выдаёт два следующих файла в обратном порядке"),
    "late": _file(
        "offers the next file `seconds` later, dated as if on time",
        "выдаёт следующий файл на `seconds` секунд позже с прежним временем",
        seconds="600",
    ),
    "unknown-content": _file(
        "adds a signed file that is no statement, at once", "добавляет подписанный файл не с выпиской, сразу"
    ),
    "forged-signature": _reply("changes a sum and keeps the signatures", "меняет сумму, оставив подписи", content=True),
    "forged-payload": _reply(
        "signs an envelope around a payload altered after its own signature",
        "подписывает конверт с содержимым, изменённым после его подписи",
        content=True,
    ),
    "wrapped-signature": _reply(
        "moves the signed Body aside and puts a forged one in its place",
        "отодвигает подписанный Body и ставит поддельный на его место",
        content=True,
        directbank={"variant": "attached", "ids": None},
        variant="header",
        ids="none",
    ),
    "stale-timestamp": _reply(
        "signs with a time stamp `seconds` old", "подписывает меткой времени `seconds`-секундной давности",
        seconds="7200",
    ),
    "wrong-request-id": _reply("answers another request's id", "отвечает с чужим номером запроса"),
    "replayed": _reply("serves the reply before last once more", "повторно выдаёт прежний подписанный ответ"),
    "certificate-expired": _reply("signs with an expired certificate", "подписывает истёкшим сертификатом"),
    "unknown-code": _reply(
        "answers with a response code nobody knows, or books one (where=entry)",
        "отвечает неизвестным кодом или пишет неизвестный код операции (where=entry)",
        directbank={"code": "7777"},
        where="reply",
        code="77",
    ),
    "truncated": _reply(
        "breaks off in the middle of the body, or ends it early with a true length (mode=short)",
        "обрывает тело на середине или завершает его раньше с верной длиной (mode=short)",
        mode="cut",
    ),
    "huge": _reply("sends `megabytes` of body", "шлёт тело в `megabytes` мегабайт", megabytes="80"),
    "dtd": _reply("puts a document type before the reply", "ставит DTD перед ответом", encoding="utf-8"),
    "wrong-encoding": _reply("writes other bytes than its declaration says", "пишет байты не в заявленной кодировке"),
    "order-refused": _order(
        "refuses the next payment orders, with `code` and `reason`",
        "отклоняет следующие платёжные поручения с кодом `code` и причиной `reason`",
        code="AC06",
        reason="Счёт получателя закрыт",
    ),
    "order-silent": _order(
        "takes the next payment orders, says nothing about them, executes them `seconds` later",
        "принимает поручения, ничего о них не сообщает и исполняет через `seconds` секунд",
        seconds="60",
    ),
    "order-lost-reply": _order(
        "takes the next payment orders, but its answer never arrives", "принимает поручения, но ответ не доходит"
    ),
    "order-late": _order(
        "accepts the next payment orders and executes them `seconds` later",
        "принимает поручения и исполняет через `seconds` секунд",
        seconds="600",
    ),
    "order-returned": _order(
        "executes the next payment orders, and the money comes back `seconds` later",
        "исполняет поручения, но через `seconds` секунд деньги возвращаются",
        seconds="0",
        reason="Счёт получателя закрыт",
    ),
    "order-not-received": _order(
        "hangs up before it took the next payment orders", "обрывает связь, не приняв поручений"
    ),
    "session-timeout": _own(
        "reply", "ends the session with the next call: 1006", "закрывает сессию при следующем вызове: 1006",
        operation=ANY,
    ),
    "bad-sid": _own(
        "reply", "does not know the session at the next call: 1007", "не узнаёт сессию при следующем вызове: 1007",
        operation=ANY,
    ),
    "otp": _own(
        "reply", "demands a one-time password at the next logon", "требует одноразовый пароль при входе",
        operation="Logon", digits="6",
    ),
    "blocked-logon": _own(
        "reply", "refuses the next logon: blocked for now, 1203", "отказывает во входе: временно заблокирован, 1203",
        operation="Logon",
    ),
    "read-once": _own(
        "reply",
        "forgets the next packet as it is fetched; with reply=cut the answer breaks off as well",
        "забывает следующий пакет, как только его запросили; с reply=cut ответ ещё и обрывается",
        content=True,
        operation="GetPack", reply="whole",
    ),
    "unsigned": _own("file", "does not sign the next statement", "не подписывает следующую выписку"),
    "zoned-dates": _own(
        "file",
        "writes dates with a zone in the next statement and list: 2026-11-21Z",
        "пишет даты с поясом в следующей выписке и списке: 2026-11-21Z",
    ),
    "bare-requisites": _own(
        "file",
        "writes ИНН and КПП as 0 in the next statement; with sum=missing no sums either",
        "пишет в следующей выписке ИНН и КПП нулём, с sum=missing ещё и без сумм",
        sum="written",
    ),
    "id-off-by-one": _own(
        "file",
        "echoes a document's id with one digit changed in the next status notice",
        "повторяет номер документа в следующем извещении с ошибкой в одной цифре",
    ),
}  # fmt: skip

_CHOICES = {
    BXD: {
        "operation": (ANY, *OPERATIONS),
        "variant": WRAPPINGS,
        "ids": ("none", "new", "same"),
        "where": ("reply", "entry"),
        "encoding": ("utf-8", "utf-16"),
        "kind": (ANY, "camt.052", "camt.053", "camt.054"),
    },
    DIRECTBANK: {
        "operation": (ANY, *METHODS),
        "variant": MISSIGNINGS,
        "where": ("reply", "entry"),
        "encoding": ("utf-8", "utf-16"),
        "sum": ("written", "missing"),
        "reply": ("whole", "cut"),
        "digits": ("6", "7"),
    },
}
_MODES = {"gap": ("missing", "opening"), "truncated": ("cut", "short"), "duplicate-file": ("packets", "listed")}
_NEEDS_GET_PACK = frozenset({"forged-signature", "forged-payload", "wrapped-signature", "wrong-request-id"})
"""Only GetPack can go wrong this way on DirectBank."""


def choices(channel: str, name: str, option: str) -> tuple[str, ...] | None:
    """What `option` of the behaviour `name` may be on `channel`; None where it is not one of a few words."""
    if option == "mode":
        return _MODES[name]
    if option == "operation" and channel == DIRECTBANK:
        if name in _NEEDS_GET_PACK or KINDS[name].needs_content:
            return ("GetPack",)
        if name in ("otp", "blocked-logon"):
            return ("Logon", "LogonCert") if name == "blocked-logon" else ("Logon",)
    return _CHOICES[channel].get(option)
