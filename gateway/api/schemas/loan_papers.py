"""What is asked for about an application's papers and goods, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.api.schemas.common import Answer, Asked, Note
from gateway.api.schemas.loan_cards import Document, LoanCard
from gateway.api.schemas.loans import DayText, EndWord, Key, Reason, Remark, Sum
from gateway.loans.documents import MOST as MAX_FILE

MAX_BODY = MAX_FILE * 4 // 3 + 4096
"""Bytes of a request with a file of MAX_FILE in base64."""


class Identity(Asked):
    """What was read from the passport in front of whoever checks."""

    passport: Annotated[str, Field(max_length=40, description="Series and number, typed blind")]
    photo_matches: bool
    place: Annotated[Note, Field(max_length=200)]


class Compared(Answer):
    """How a comparison came out."""

    number_matches: bool
    photo_matches: bool
    stopped: bool = Field(description="It was the last attempt: a person has to look")
    loan: LoanCard


class Reasoned(Asked):
    """Why."""

    reason: Reason


class Refusal(Asked):
    """Why the buyer does not sign."""

    reason: EndWord = "other"
    remark: Remark = ""


class Remarked(Asked):
    """A named person answers for it."""

    note: Reason


class NewVisit(Asked):
    """A courier to order."""

    day: DayText
    hours: Annotated[str, Field(max_length=20, examples=["10-14"])]
    courier: Annotated[str, Field(max_length=200)] | None = Field(None, description="null: by the terms of signing")
    cost: Sum | None = None


class Sent(Asked):
    """With whom the paper went."""

    carrier: Annotated[str, Field(max_length=120)]
    waybill: Annotated[str, Field(max_length=120)]


class GoodsReturned(Asked):
    """What came back."""

    goods: Annotated[int, Field(ge=1, le=10**14, description="Kopecks the goods cost")]
    reason: Literal["not_right", "defect", "damaged", "wrong_goods", "unwanted", "other_return"]
    remark: Remark = ""


class NewDocument(Asked):
    """A paper to keep."""

    loan_id: Key
    kind: Literal["agreement", "signed", "passport", "portrait", "waybill", "other"]
    name: Annotated[str, Field(max_length=300)]
    content: Annotated[str, Field(max_length=MAX_BODY, description="Base64 of a PDF, JPEG or PNG")]


class Kept(Answer):
    """The papers after one was added."""

    id: str
    documents: list[Document]
