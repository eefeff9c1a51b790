"""Letters to carriers on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.api.schemas.common import Answer, Asked, Day, Kopecks
from gateway.api.schemas.parcels import Text200


class ClaimAsked(Asked):
    """Money that did not come, to be claimed of one carrier."""

    parcels: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field(min_length=1, max_length=500)
    account: str = Field("", max_length=34, description="Ours, it is to go to; empty for the one there is")
    signer: Text200 = ""


class ClaimAnswer(Answer):
    """A claim as it was made out."""

    id: str
    number: int
    date: Day
    amount: Kopecks
    text: str


class SearchAsked(Asked):
    """Who signs the request."""

    signer: Text200 = ""


class SearchAnswer(Answer):
    """A request to search for a parcel."""

    text: str
    until: Day | None = Field(description="The last day it can be handed in; null where the posting is not known")
    late: bool = Field(description="That day is over")
