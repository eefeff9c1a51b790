"""What operators' anti-spam filters hold against an SMS: who it comes from, and links they do not know.

Since 2014 operators let mailings through only from names registered with them, and by now only with links to domains
that were told to them with the name; anything else is cut off without a receipt that says so.
"""

from __future__ import annotations

import re

from gateway.core.errors import KvitError
from gateway.notify.model import NotificationChannel
from gateway.notify.terms import NotifyTerms

_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 ._-]{1,10}")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:ru|рф|com|net|org|me|ly|cc|gl|link)/\S*", re.IGNORECASE)
_MACRO = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
_MOST_SHOWN = 60


def doubts(terms: NotifyTerms, channel: NotificationChannel, body: str) -> tuple[KvitError, ...]:
    """What of a text as it is typed may never arrive; nothing of a letter."""
    if channel is not NotificationChannel.SMS:
        return ()
    found = []
    if not terms.sender:
        found.append(KvitError("notify.text.no_sender"))
    elif not _SENDER.fullmatch(terms.sender):
        found.append(KvitError("notify.text.sender_odd", sender=terms.sender))
    typed = _LINK.search(_MACRO.sub(" ", body))
    if typed is not None:
        found.append(KvitError("notify.text.foreign_link", link=typed[0][:_MOST_SHOWN]))
    return tuple(found)
