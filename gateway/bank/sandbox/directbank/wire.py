"""Names and codes of 1C:DirectBank as this bank speaks it. Source: the standard's tables, version 2.3.2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from gateway.core.clock import MOSCOW

NAMESPACE = "http://directbank.1c.ru/XMLSchema"
ROOT = "/directbank"
VERSIONS = ("2.1.1", "2.1.2", "2.2.1", "2.2.2", "2.3.1", "2.3.2")
NEWEST = VERSIONS[-1]
AGENT = "KvitSandbox"

PACKET_NOTICE, DOCUMENT_NOTICE, STATUS_REQUEST, RECALL, PROBE, SETTINGS = "01", "02", "03", "04", "05", "06"
PAYMENT_ORDER, STATEMENT_REQUEST, STATEMENT, MEMORIAL_ORDER = "10", "14", "15", "16"
TAKEN_KINDS = (STATUS_REQUEST, RECALL, PROBE, PAYMENT_ORDER, STATEMENT_REQUEST)

STATUSES = {
    "01": "Принят",
    "02": "Исполнен",
    "03": "Отклонен банком",
    "04": "Приостановлен",
    "05": "Аннулирован",
    "06": "Не подтвержден",
}

ERRORS = {
    "1001": "Указанный сервис временно недоступен",
    "1002": "Не указан обязательный заголовок в запросе",
    "1003": "Идентификатор клиента не найден",
    "1004": "Некорректный формат идентификатора клиента",
    "1006": "Сессия закрыта по тайм-ауту",
    "1007": "Некорректный идентификатор сессии",
    "1010": "Внутренняя ошибка",
    "1011": "Некорректный метод аутентификации клиента",
    "1012": "Не удалось получить настройки обмена с банком",
    "1013": "Недостаточно прав на операции с расч.счетом",
    "1101": "Сертификат электронной подписи не найден",
    "1102": "Неизвестный издатель сертификата электронной подписи",
    "1103": "Сертификат электронной подписи отозван",
    "1104": "Сертификат электронной подписи просрочен",
    "1105": "Сертификат электронной подписи не вступил в силу",
    "1106": "Нет доверия к сертификату электронной подписи",
    "1201": "Некорректные данные для аутентификации",
    "1203": "Доступ к сервису временно заблокирован",
    "1204": "Некорректный ОТР",
    "1205": "Услуга не доступна",
    "2001": "Некорректный формат транспортного контейнера",
    "2002": "Дубль транспортного контейнера",
    "2003": "Недопустимый размер транспортного контейнера",
    "2004": "Неизвестный отправитель",
    "2005": "Неизвестный получатель",
    "2006": "Недопустимая версия формата транспортного контейнера",
    "2007": "Недопустимый код вида электронного документа",
    "2008": "Недопустимая версия формата электронного документа",
    "2009": "Некорректная дата формирования",
    "2010": "Невозможно расшифровать содержимое",
    "2011": "Некорректное сжатие (архивирование)",
    "2012": "Некорректное имя файла электронного документа",
    "2013": "Отсутствует электронная подпись",
    "2014": "Некорректная электронная подпись",
    "2015": "Невозможно проверить электронную подпись",
    "2101": "Некорректный формат отметки времени",
    "2102": "Транспортный контейнер не найден",
    "2201": "Некорректный формат электронного документа",
    "2202": "Дубль электронного документа по ИД",
    "2203": "Дубль электронного документа по реквизитам",
    "2204": "Недопустимый размер электронного документа",
    "2205": "Ошибка в реквизитах электронного документа",
    "2206": "Некорректный период запроса выписки",
    "2207": "Отсутствует электронный документ с запрашиваемым ИД",
}
"""Error codes this bank uses, with the standard's names."""


class Failure(Exception):
    """A request this bank does not carry out.

    Attributes:
        code: a key of ERRORS, or one that a misbehaviour made up.
        more: MoreInfo.
    """

    def __init__(self, code: str, more: str = "") -> None:
        self.code = code
        self.more = more
        super().__init__(f"{code} {more}")


@dataclass(frozen=True, slots=True)
class Dates:
    """How instants and days are written.

    Attributes:
        zoned: as Alfa writes them, in UTC with a Z behind everything; else the bank's local time without a zone.
    """

    zoned: bool = False

    def instant(self, at: datetime) -> str:
        if self.zoned:
            return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return at.astimezone(MOSCOW).strftime("%Y-%m-%dT%H:%M:%S")

    def day(self, on: date) -> str:
        return f"{on.isoformat()}Z" if self.zoned else on.isoformat()


def read_instant(text: str) -> datetime:
    """An xsd:dateTime; the bank's local time where it has no zone."""
    found = datetime.fromisoformat(text.strip())
    return found.replace(tzinfo=MOSCOW) if found.tzinfo is None else found
