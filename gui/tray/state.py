"""What the icon says: one of five states, a number, and a sentence for the tip."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gui import wording
from gui.api.types import Needs
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.store.session import Link, Session
from gui.views.offline import offline_words


class Light(Enum):
    """Each has a shape of its own; see `gui.tray.icon`."""

    OK = "ok"
    WORKING = "working"
    NEEDS_YOU = "needs_you"
    OFFLINE = "offline"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TrayState:
    light: Light
    count: int
    sentence: str


def tray_state(session: Session) -> TrayState:
    """The state of the icon now; the service decides, a lost service is "offline"."""
    if session.link is Link.STARTING:
        return TrayState(Light.WORKING, 0, translate("Tray", "Kvit: connecting…"))
    if session.link is Link.OFFLINE or session.status is None:
        return TrayState(Light.OFFLINE, 0, f"Kvit: {offline_words(session)[0]}")
    status = session.status
    try:
        light = Light(status.state)
    except ValueError:
        # A state of a newer service: look at the facts instead of guessing its meaning.
        light = Light.NEEDS_YOU if status.needs.total else Light.OK
    needs = session.needs
    count = _mine(session, needs)
    if light in (Light.OK, Light.WORKING) and needs.loan_calls and session.may("loans.call"):
        # Buyers who wait for a call stand on the board of loans, not in the service's status.
        light = Light.NEEDS_YOU
    if light in (Light.OK, Light.WORKING) and _parcels(session, needs):
        light = Light.NEEDS_YOU
    if light is Light.NEEDS_YOU and not count:
        # It needs somebody, but nobody with this role.
        light = Light.OK
    return TrayState(light, count, f"Kvit: {_sentence(session, light, needs)}")


def _mine(session: Session, needs: Needs) -> int:
    """What waits for somebody with these rights."""
    me = session.me
    if me is None:
        return 0
    count = needs.payments if me.sees("payments") else 0
    count += needs.picks if me.sees("picks") else 0
    count += needs.calls if me.sees("calls") else 0
    count += needs.tasks if me.sees("calls") or me.sees("tasks") else 0
    count += needs.alarms if me.sees("health") else 0
    count += needs.to_sign if me.may("outgoing.approve") else 0
    count += needs.loan_calls if me.may("loans.call") else 0
    return count + _parcels(session, needs)


def _parcels(session: Session, needs: Needs) -> int:
    """Parcels somebody with these rights should look at; who may only read them is told of missing money."""
    me = session.me
    if me is None:
        return 0
    count = needs.parcels_stuck if me.may("parcels.work") else 0
    count += needs.cod_missing if me.may("parcels.work") or me.may("payments.decide") else 0
    return count


def needs_words(session: Session, needs: Needs) -> list[str]:
    """ "2 payments", "1 call", … for what this role sees."""
    me = session.me
    words: list[str] = []
    if me is None:
        return words
    if needs.payments and me.sees("payments"):
        words.append(counts.payments(needs.payments))
    if needs.to_sign and me.may("outgoing.approve"):
        words.append(counts.to_sign(needs.to_sign))
    if needs.picks and me.sees("picks"):
        words.append(counts.pick_lists(needs.picks))
    if needs.calls and me.sees("calls"):
        words.append(counts.calls(needs.calls))
    if needs.tasks and (me.sees("calls") or me.sees("tasks")):
        words.append(counts.tasks(needs.tasks))
    if needs.loan_calls and me.may("loans.call"):
        words.append(counts.loan_calls(needs.loan_calls))
    if needs.parcels_stuck and me.may("parcels.work"):
        words.append(counts.stuck_parcels(needs.parcels_stuck))
    if needs.cod_missing and (me.may("parcels.work") or me.may("payments.decide")):
        words.append(counts.missing_cod(needs.cod_missing))
    if needs.alarms and me.sees("health"):
        words.append(counts.alarms(needs.alarms))
    return words


def _sentence(session: Session, light: Light, needs: Needs) -> str:
    status = session.status
    link = status.bank[0] if status and status.bank else None
    asked = ""
    if link is not None and link.last_poll_at is not None:
        asked = translate("Tray", "The bank was asked {ago}.").format(
            ago=wording.ago(session.now() - link.last_poll_at)
        )
    if light is Light.FAILED or light is Light.OFFLINE:
        if link is not None and link.error is not None:
            why = said(link.error.text)
        elif status and status.alarms:
            why = said(status.alarms[0].text)
        else:
            why = translate("Tray", "something is broken")
        return translate("Tray", "attention: {why} {asked}").format(why=why, asked=asked).strip()
    words = ", ".join(needs_words(session, needs))
    if light is Light.NEEDS_YOU and words:
        return translate("Tray", "waiting for you: {what}. {asked}").format(what=words, asked=asked).strip()
    if light is Light.WORKING:
        return translate("Tray", "working. {asked}").format(asked=asked).strip()
    return translate("Tray", "all is well. {asked}").format(asked=asked).strip()
