"""The standard's table of errors, and what each of them makes us do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Handling(StrEnum):
    """What an error of the bank means for us."""

    LOG_ON = "log_on"  # the session is over: log on once, repeat once
    BACK_OFF = "back_off"  # the service is out of order: later, as it is
    STOP = "stop"  # repeating does harm or is useless: nothing is sent until a person has acted
    REFUSED = "refused"  # this request is refused, others may go on
    ARRIVED = "arrived"  # the bank has this very thing already


@dataclass(frozen=True, slots=True)
class BankError:
    """An error as the bank states it.

    Attributes:
        code: four digits.
        text: Description, then MoreInfo.
    """

    code: str
    text: str

    @property
    def handling(self) -> Handling:
        """A code the standard does not know refuses this request and is shown."""
        return HANDLING.get(self.code, Handling.REFUSED)


_BY_HANDLING = {
    Handling.LOG_ON: (
        "1006",  # the session timed out
        "1007",  # unknown session id
    ),
    Handling.BACK_OFF: (
        "1001",  # closed for maintenance
        "1009",  # the receiving service failed: what was sent may have arrived
        "1010",  # internal error
    ),
    Handling.STOP: (
        "1003",  # customer id unknown
        "1004",  # customer id malformed
        "1005",  # our vendor is not served
        "1008",  # access blocked
        "1011",  # this way of logging on is not supported
        "1101",  # certificate not found
        "1102",  # its issuer is unknown
        "1103",  # revoked
        "1104",  # expired
        "1105",  # not yet valid
        "1106",  # not trusted
        "1201",  # wrong password or certificate: a few repetitions block the user
        "1202",  # the user has no right to direct exchange
        "1203",  # blocked for some hours
        "1204",  # wrong one-time password
        "1205",  # the service is not in the agreement
    ),
    Handling.REFUSED: (
        "1002",  # a header is missing
        "1012",  # no settings to be had
        "1013",  # no right to this account
        "2001",  # the container does not fit its schema
        "2003",  # its size
        "2004",  # sender
        "2005",  # recipient
        "2006",  # version of the container
        "2007",  # kind of document
        "2008",  # version of the document
        "2009",  # creation date
        "2010",  # cannot be decrypted
        "2011",  # cannot be unpacked
        "2012",  # file name
        "2013",  # signature missing
        "2014",  # signature wrong
        "2015",  # signature unreadable
        "2101",  # time stamp of a list
        "2102",  # no such packet
        "2201",  # the document does not fit its schema
        "2203",  # another document has the same date, number and sender
        "2204",  # its size
        "2205",  # its requisites
        "2206",  # period of a statement
        "2207",  # no such document
    ),
    Handling.ARRIVED: (
        "2002",  # a packet of this id was received before
        "2202",  # a document of this id was received before
    ),
}
HANDLING = {code: handling for handling, codes in _BY_HANDLING.items() for code in codes}
"""Error code → handling: all 48 of the standard."""

WRONG_OTP = "1204"
