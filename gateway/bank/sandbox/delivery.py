"""How a finished answer leaves the bank, and the misbehaviours that are about leaving and not about what it says."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.bank.sandbox import behave

XML = "text/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
_ERROR_PAGE = b"<html><head><title>500</title></head><body><h1>Internal Server Error</h1></body></html>"
DELIVERIES = frozenset({"silent", "slow", "http-500", "empty", "truncated", "huge", "order-lost-reply"})
"""Behaviours of the delivery, not of the message: the message itself stays honest."""
HARMLESS = frozenset({"slow"})
"""Deliveries that arrive whole: what they carry counts as fetched."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server sends.

    Attributes:
        how: "whole"; "cut" announces all of the body and sends half; "padded" goes on with white space to `size` bytes;
            "silent" sends nothing at all and waits; "hangup" sends nothing at all and closes the connection.
        delay: seconds before the first byte.
    """

    body: bytes = field(repr=False)
    status: int = 200
    content_type: str = XML
    how: str = "whole"
    delay: float = 0.0
    size: int = 0


HANGUP = Delivery(b"", how="hangup")


def deliver(message: bytes, behaviour: behave.Active | None, content_type: str = XML) -> Delivery:
    """`message` on its way, in the way `behaviour` says if it is about deliveries at all."""
    name = behaviour.name if behaviour else ""
    honest = Delivery(message, content_type=content_type)
    if behaviour is None or name not in DELIVERIES:
        return honest
    if name == "silent":
        return Delivery(b"", how="silent")
    if name == "order-lost-reply":
        return HANGUP
    if name == "slow":
        return Delivery(message, content_type=content_type, delay=behaviour.number("seconds"))
    if name == "http-500":
        return Delivery(_ERROR_PAGE, 500, HTML)
    if name == "empty":
        return Delivery(b"", content_type=content_type)
    if name == "huge":
        size = int(behaviour.number("megabytes") * 1024 * 1024)
        return Delivery(message, content_type=content_type, how="padded", size=size)
    if behaviour.options["mode"] == "short":
        return Delivery(message[: len(message) // 2], content_type=content_type)
    return Delivery(message, content_type=content_type, how="cut")
