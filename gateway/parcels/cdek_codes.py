"""CDEK's words for where an order is (API v2, appendix 1 "Статусы заказов") → what they mean.

Two vocabularies are in use side by side: the one of the order's history, and the newer one of webhooks, where a city is
an "office". Both stand here.

A return travels under a number of its own: the order that went out ends with NOT_DELIVERED, and that it is back in the
shop is told by the return order.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gateway.parcels.meaning import UNKNOWN, Meaning, WaitingPlace
from gateway.parcels.model import Effect

_ON_THE_WAY = Meaning(Effect.MOVE, "Between two warehouses of CDEK, or sorted in one.")
_AT_THE_DOOR_WAREHOUSE = Meaning(Effect.MOVE, "In the buyer's city, where a courier is to take it.")
_BACK_IN_THE_WAREHOUSE = Meaning(
    Effect.MOVE, "Could not be put on the vehicle and is in the warehouse again; no return."
)

_GROUPS: tuple[tuple[Meaning, str], ...] = (
    (
        Meaning(Effect.REGISTER, "The order was entered; the thing itself is still the sender's."),
        "ACCEPTED CREATED",
    ),
    (
        Meaning(Effect.NOTE, "The order was withdrawn or is wrong: nothing travels under this number."),
        "REMOVED INVALID",
    ),
    (
        Meaning(Effect.ACCEPT, "CDEK has it, in the sender's city."),
        "RECEIVED_AT_SHIPMENT_WAREHOUSE",
    ),
    (
        _ON_THE_WAY,
        """
        READY_FOR_SHIPMENT_IN_SENDER_CITY READY_TO_SHIP_AT_SENDING_OFFICE
        TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY PASSED_TO_CARRIER_AT_SENDING_OFFICE
        SENT_TO_TRANSIT_CITY SEND_TO_TRANSIT_OFFICE
        ACCEPTED_IN_TRANSIT_CITY MET_AT_TRANSIT_OFFICE
        ENTERED_TO_TRANSIT_WAREHOUSE ENTERED_TO_OFFICE_TRANSIT_WAREHOUSE
        ACCEPTED_AT_TRANSIT_WAREHOUSE ACCEPTED_TO_OFFICE_TRANSIT_WAREHOUSE
        READY_FOR_SHIPMENT_IN_TRANSIT_CITY READY_TO_SHIP_IN_TRANSIT_OFFICE
        TAKEN_BY_TRANSPORTER_FROM_TRANSIT_CITY PASSED_TO_CARRIER_AT_TRANSIT_OFFICE
        SENT_TO_SENDER_CITY SEND_TO_SENDING_OFFICE
        ACCEPTED_IN_SENDER_CITY MET_AT_SENDING_OFFICE
        SENT_TO_RECIPIENT_CITY SEND_TO_RECIPIENT_OFFICE
        ACCEPTED_IN_RECIPIENT_CITY MET_AT_RECIPIENT_OFFICE
        ENTERED_TO_PICK_UP_POINT ENTERED_TO_WAREHOUSE_ON_DEMAND
        SHIPPED_TO_DESTINATION PASSED_TO_TRANSIT_CARRIER CUSTOMS_COMPLETE
        """,
    ),
    (
        _AT_THE_DOOR_WAREHOUSE,
        """
        ENTERED_TO_RECIPIENT_CITY_WAREHOUSE ENTERED_TO_DELIVERY_WAREHOUSE
        ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE ACCEPTED_AT_DELIVERY_WAREHOUSE
        """,
    ),
    (
        _BACK_IN_THE_WAREHOUSE,
        "RETURNED_TO_SENDER_CITY_WAREHOUSE RETURNED_TO_SENDER_WAREHOUSE RETURNED_TO_TRANSIT_WAREHOUSE",
    ),
    (
        Meaning(Effect.CUSTOMS, "At customs, of either country."),
        "IN_CUSTOMS_INTERNATIONAL IN_CUSTOMS_LOCAL",
    ),
    (
        Meaning(Effect.ARRIVE, "At the pick-up point, for the buyer.", WaitingPlace.POINT),
        "ACCEPTED_AT_PICK_UP_POINT ACCEPTED_AT_WAREHOUSE_ON_DEMAND",
    ),
    (
        Meaning(Effect.ARRIVE, "In a parcel locker, for the buyer.", WaitingPlace.LOCKER),
        "POSTOMAT_POSTED",
    ),
    (
        Meaning(Effect.COURIER, "A courier has it for the buyer."),
        "TAKEN_BY_COURIER ISSUED_FOR_DELIVERY",
    ),
    (
        Meaning(Effect.ATTEMPT, "The courier came in vain; he comes again. No return."),
        "RETURNED_TO_RECIPIENT_CITY_WAREHOUSE RETURNED_TO_DELIVERY_WAREHOUSE",
    ),
    (
        Meaning(Effect.DELIVER, "The buyer has it."),
        "DELIVERED POSTOMAT_RECEIVED",
    ),
    (
        Meaning(Effect.TURN_BACK, "Not taken by the buyer, or out of the locker after its time: back to the shop."),
        "NOT_DELIVERED POSTOMAT_SEIZED",
    ),
)

TABLE: Mapping[str, Meaning] = MappingProxyType(
    {word: meaning for meaning, words in _GROUPS for word in words.split()},
)


def effect_of(word: str) -> Effect:
    """What CDEK's `word` does to a parcel; NOTE for one that is in no table."""
    return meaning_of(word).effect


def meaning_of(word: str) -> Meaning:
    """The table's entry of `word`; `known` is False for one that is in no table."""
    return TABLE.get(word, UNKNOWN)
