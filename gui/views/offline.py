"""What to say while there is no link: what is wrong, how old the data is, what to do."""

from __future__ import annotations

from gui import wording
from gui.api.connection import NoConnection
from gui.api.errors import ApiError
from gui.i18n import translate
from gui.store.session import Session


def offline_words(session: Session) -> tuple[str, str]:
    """(what is wrong, what to do)."""
    why = session.why
    age = session.age()
    if isinstance(why, NoConnection):
        text, hint = no_connection_words(why)
    elif isinstance(why, ApiError):
        text, hint = wording.error_text(why), wording.error_hint(why)
    else:
        text, hint = translate("Offline", "The Kvit service does not answer."), ""
    if age is not None:
        shown = translate("Offline", "On the screen is the state of {time} ({ago}).").format(
            time=wording.clock(session.heard_at), ago=wording.ago(age)
        )
        text = f"{text} {shown}"
    return text, hint


def no_connection_words(why: NoConnection) -> tuple[str, str]:
    """(what is wrong, what to do) for a missing or unusable connection file."""
    path = str(why.path)
    if why.reason == "absent":
        return (
            translate("Offline", "The Kvit service is not running here: there is no {path}.").format(path=path),
            translate("Offline", "Start it (kvit serve), or name its directory: kvit-tray --home DIRECTORY."),
        )
    if why.reason == "unreadable":
        return (
            translate("Offline", "This user may not read {path}.").format(path=path),
            translate("Offline", "Ask IT for the right to use Kvit on this computer."),
        )
    if why.reason == "foreign":
        return (
            translate("Offline", "{path} names another computer without encryption ({url}).").format(
                path=path, url=why.detail
            ),
            translate("Offline", "The token would travel in clear text, so the tray does not connect."),
        )
    return (
        translate("Offline", "{path} cannot be understood.").format(path=path),
        translate("Offline", "Restart the service; it writes the file anew."),
    )
