"""What can happen to a parcel, and how each carrier of the sandbox writes it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.parcels.model import CarrierKey


class Moment(StrEnum):
    """One step of a journey."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    LEFT = "left"
    NEAR_HUB_IN = "near_hub_in"
    NEAR_HUB_OUT = "near_hub_out"
    FAR_HUB_IN = "far_hub_in"
    FAR_HUB_OUT = "far_hub_out"
    ARRIVED = "arrived"
    ARRIVED_WRONGLY = "arrived_wrongly"
    MISROUTED = "misrouted"  # sent on from the wrong office
    EXPIRING = "expiring"  # five days of storage are left
    EXPIRED = "expired"
    REFUSED = "refused"
    COLLECTED = "collected"
    COD_PAID = "cod_paid"
    BACK_OUT = "back_out"
    BACK_IN = "back_in"
    BACK_ARRIVED = "back_arrived"
    HANDED_BACK = "handed_back"
    LOST = "lost"


CODES: Mapping[CarrierKey, Mapping[Moment, str]] = MappingProxyType(
    {
        CarrierKey.POST: {
            Moment.ACCEPTED: "1:1",
            Moment.LEFT: "8:1",
            Moment.NEAR_HUB_IN: "8:3",
            Moment.NEAR_HUB_OUT: "8:4",
            Moment.FAR_HUB_IN: "8:3",
            Moment.FAR_HUB_OUT: "8:4",
            Moment.ARRIVED: "8:2",
            Moment.ARRIVED_WRONGLY: "8:2",
            Moment.MISROUTED: "4:3",
            Moment.EXPIRING: "8:28",
            Moment.EXPIRED: "3:1",
            Moment.REFUSED: "3:4",
            Moment.COLLECTED: "2:1",
            Moment.COD_PAID: "63:0",
            Moment.BACK_OUT: "8:4",
            Moment.BACK_IN: "8:3",
            Moment.BACK_ARRIVED: "8:2",
            Moment.HANDED_BACK: "2:2",
            Moment.LOST: "18:0",
        },
        CarrierKey.CDEK: {
            Moment.REGISTERED: "CREATED",
            Moment.ACCEPTED: "RECEIVED_AT_SHIPMENT_WAREHOUSE",
            Moment.LEFT: "READY_FOR_SHIPMENT_IN_SENDER_CITY",
            Moment.NEAR_HUB_OUT: "TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY",
            Moment.FAR_HUB_IN: "ACCEPTED_IN_RECIPIENT_CITY",
            Moment.FAR_HUB_OUT: "ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE",
            Moment.ARRIVED: "ACCEPTED_AT_PICK_UP_POINT",
            Moment.EXPIRED: "NOT_DELIVERED",
            Moment.REFUSED: "NOT_DELIVERED",
            Moment.COLLECTED: "DELIVERED",
        },
    }
)
"""What a carrier calls a moment; one he has no word for is not told. A return of CDEK is an order of its own."""

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "1": "Прием", "2": "Вручение", "3": "Возврат", "4": "Досылка почты", "5": "Невручение", "6": "Хранение",
        "8": "Обработка", "9": "Импорт международной почты", "12": "Неудачная попытка вручения",
        "14": "Таможенное оформление", "18": "Регистрация утраты", "28": "Присвоение идентификатора",
        "48": "Частичное вручение", "63": "НП оплачен",
    }
)  # fmt: skip
_ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        "1:1": "Единичный", "1:2": "Партионный", "2:1": "Вручение адресату", "2:2": "Вручение отправителю",
        "2:3": "Выдано адресату через почтомат", "2:6": "Адресату почтальоном", "2:8": "Адресату курьером",
        "3:1": "Истёк срок хранения", "3:2": "Заявление отправителя", "3:4": "Отказ адресата",
        "3:15": "Частичный выкуп", "4:3": "Засылка", "5:1": "Утрачено", "8:0": "Сортировка",
        "8:1": "Покинуло место приёма", "8:2": "Прибыло в место вручения", "8:3": "Прибыло в сортировочный центр",
        "8:4": "Покинуло сортировочный центр", "8:9": "Прибыло в почтомат", "8:13": "Прибыло на территорию РФ",
        "8:14": "Прибыло в Центр выдачи посылок", "8:15": "Передано курьеру",
        "8:23": "Продление срока хранения", "8:28": "Истекает срок хранения (осталось 5 дней)",
        "8:40": "Истек срок хранения", "9:1": "Поступило приписано", "12:1": "Временное отсутствие адресата",
        "14:1": "Выпущено таможней",
    }
)  # fmt: skip
_CDEK: Mapping[str, str] = MappingProxyType(
    {
        "CREATED": "Создан",
        "RECEIVED_AT_SHIPMENT_WAREHOUSE": "Принят на склад отправителя",
        "READY_FOR_SHIPMENT_IN_SENDER_CITY": "Выдан на отправку в г. отправителе",
        "TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY": "Сдан перевозчику в г. отправителе",
        "ACCEPTED_IN_RECIPIENT_CITY": "Встречен в г. получателе",
        "ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE": "Принят на склад доставки",
        "ACCEPTED_AT_PICK_UP_POINT": "Принят на склад до востребования",
        "NOT_DELIVERED": "Не вручен",
        "DELIVERED": "Вручен",
    }
)


def type_name(code: str) -> str:
    """What the Post calls the operation type of "8:2"; "" for one the sandbox does not know."""
    return _TYPES.get(code.partition(":")[0], "")


def attribute_name(code: str) -> str:
    """What the Post calls its attribute; the type's name where it has none of its own."""
    return _ATTRIBUTES.get(code, type_name(code) if code.endswith(":0") else "")


def cdek_name(code: str) -> str:
    """What CDEK calls a status; the code itself for one the sandbox does not know."""
    return _CDEK.get(code, code)
