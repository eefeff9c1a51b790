"""What a table shows: one `Column` per column, independent of any view.

The cell's look is named (`paint`), never coded here: "text", "money", "pill" (state with shape and colour), "clock"
(time left), "strong". The delegate in `gui.widgets.delegate` knows how to draw each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gui.cells import Pill


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: stable name for settings and for the service's `sort`.
        title: makes the heading in the current language.
        text: the row's cell as text; also what is copied and read aloud.
        sort: the service's sort key; "" = not sortable.
        paint: the cell's look.
        pill: for paint "pill": the row's state.
        width: in characters of the digit 0; 0 = takes the rest.
        right: align to the right.
        hidden: off until the person switches it on.
    """

    key: str
    title: Callable[[], str]
    text: Callable[[Any], str]
    sort: str = ""
    paint: str = "text"
    pill: Callable[[Any], Pill] | None = None
    width: int = 12
    right: bool = False
    hidden: bool = False
    tip: Callable[[Any], str] | None = None
