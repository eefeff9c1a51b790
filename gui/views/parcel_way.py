"""A parcel's way in its carrier's own words, the latest first."""

from __future__ import annotations

from gui import wording
from gui.api.types import Parcel, ParcelOperation
from gui.i18n import translate
from gui.models import parcels as words
from gui.widgets.chain import Step
from gui.widgets.parts import label

_SIGNS = {
    "register": "pen", "accept": "check", "move": "truck", "customs": "shield", "arrive": "shop", "courier": "person",
    "attempt": "clock", "countdown": "clock", "prolong": "clock", "deliver": "ok", "deliver_back": "undo",
    "partial": "split", "turn_back": "undo", "forward": "send", "lose": "error", "cod_paid": "payments",
    "renumber": "pen", "note": "flag",
}  # fmt: skip
_BAD = frozenset({"attempt", "turn_back", "lose", "deliver_back"})


def way_steps(parcel: Parcel) -> list[Step]:
    """One step per operation; before the first, that it is only a number so far."""
    if not parcel.operations:
        step = Step("pen", translate("ParcelWay", "The carrier has told nothing yet"), "todo", last=True)
        told = translate("ParcelWay", "Asked {last}").format(last=wording.moment(parcel.asked_at))
        step.body.addWidget(label(told, "muted", wrap=True))
        return [step]
    last = len(parcel.operations) - 1
    live = parcel.watch == "active"
    return [_step(one, now=live and number == 0, last=number == last) for number, one in enumerate(parcel.operations)]


def _step(one: ParcelOperation, *, now: bool, last: bool) -> Step:
    state = "bad" if one.effect in _BAD else "now" if now else "done"
    if one.effect == "note" and not now:
        state = "todo"
    title = one.text or one.code
    step = Step(_SIGNS.get(one.effect, "flag"), title, state, words.operation_time(one), last=last)
    place = " ".join(part for part in (one.office_index, one.office) if part)
    if place:
        step.body.addWidget(label(place, "muted", wrap=True, select=True))
    if one.keep_until is not None:
        told = translate("ParcelWay", "Kept until {day}").format(day=wording.day(one.keep_until))
        step.body.addWidget(label(told, "muted"))
    if not one.known:
        told = translate("ParcelWay", "Code {code} is not in our table: it changes nothing here").format(code=one.code)
        step.body.addWidget(label(told, tone="warn", wrap=True))
    return step
