"""Cash on delivery on the wire: what of it is missing, and the chain to the bank's message."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Kopecks
from gateway.api.schemas.parcels import ParcelFacts, Sum


class MissingOfCarrier(BaseModel):
    """What one carrier has not paid in time, claimed or not."""

    carrier: str
    count: int
    amount: Kopecks
    since: Day = Field(description="The day the oldest was due by")


class MissingPage(Answer):
    """A slice of the parcels whose money is overdue, the longest due first."""

    items: list[ParcelFacts]
    totals: list[MissingOfCarrier] = Field(description="Of all carriers, whatever the filter")
    next: str | None = Field(description="`after` of the next slice; null at the end")


class ChainInvoice(BaseModel):
    """What the money is credited to."""

    id: str
    number: str
    amount: Kopecks
    rest: Kopecks
    state: str
    order_no: str
    own: bool = Field(description="Made for this parcel; else the order's")


class ChainMoney(BaseModel):
    """One allocation of a payment, with the bank's message."""

    payment_id: str
    amount: Kopecks
    payer: str
    doc_no: str
    booked: str
    bank_time: str
    message_id: str
    evidence: str
    kind: str = Field(description="auto or manual: who decided")
    registry: str = Field(description="Id of the registry that explains the payment; empty for none")


class RegistryLine(BaseModel):
    """A line by which a registry names the parcel."""

    registry: str
    number: str
    date: Day
    row: int
    amount: Kopecks
    fee: Kopecks
    state: str
    payment_id: str = Field(description="What the registry explains; empty before it has come")
    differs: Kopecks = Field(description="The line less what was to be collected")


class OwedLine(BaseModel):
    """A line of the settlement register, for goods of somebody else's."""

    id: str
    gross: Kopecks
    fee: Kopecks
    net: Kopecks


class ClaimNamed(BaseModel):
    """A claim the parcel is in."""

    id: str
    number: int
    date: Day


class ChainAnswer(Answer):
    """The chain of one parcel's cash on delivery, from the parcel to the bank's message."""

    parcel_id: str
    track: str
    state: str
    cod: Kopecks
    received: Kopecks
    missing: Kopecks
    invoice: ChainInvoice | None = Field(description="Null while nothing is expected")
    money: list[ChainMoney]
    told: list[RegistryLine]
    owed: list[OwedLine]
    claims: list[ClaimNamed] = Field(description="The newest first")


class TrackTyped(Asked):
    """The number of an order's parcel."""

    track: str = Field(min_length=1, max_length=60)
    cod: Sum | None = Field(None, description="To be collected; null for what the carrier's records will say")
