"""Hand-made histories, among them those of the Post's samples."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from gateway.core.money import Money
from gateway.parcels import cdek_codes, post_codes
from gateway.parcels.carriers.ports import Record
from gateway.parcels.history import Standing, standing
from gateway.parcels.model import CarrierKey

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)  # a Monday
NOW = datetime(2027, 3, 1, tzinfo=UTC)


def record(
    code: str,
    day: float,
    office: str = "",
    *,
    place: int = 0,
    carrier: CarrierKey = CarrierKey.POST,
    offset: int | None = 180,
    cod: str = "0",
    mail_type: int = 0,
    index_to: str = "",
    keep_until: date | None = None,
) -> Record:
    """An operation so many days after START."""
    effect_of = post_codes.effect_of if carrier is CarrierKey.POST else cdek_codes.effect_of
    return Record(
        at=START + timedelta(days=day),
        offset_minutes=offset,
        place=place,
        code=code,
        text="",
        effect=effect_of(code),
        office_index=office,
        office=f"Отделение {office}" if office else "",
        cod=Money.parse(cod),
        mail_type=mail_type,
        index_to=index_to,
        keep_until=keep_until,
    )


def story(*steps: tuple[str, float, str]) -> Standing:
    """Where a parcel stands after these (code, day, office)."""
    return standing([record(code, day, office, place=n) for n, (code, day, office) in enumerate(steps, 1)], now=NOW)


def sample(lines: str, hours: int, mail_type: int = 0) -> list[Record]:
    """The lines "16.07.2016 12:01:00 1:1 443063" of a sample, read at one offset from UTC."""
    found = []
    for place, line in enumerate(lines.strip().splitlines(), 1):
        day, clock, code, office = line.split()
        at = datetime.strptime(f"{day} {clock}", "%d.%m.%Y %H:%M:%S").replace(tzinfo=timezone(timedelta(hours=hours)))
        found.append(
            Record(
                at.astimezone(UTC), hours * 60, place, code, "", post_codes.effect_of(code), office, mail_type=mail_type
            )
        )
    return found


FORWARDED = """
08.09.2015 17:07:00 1:1 450083
10.09.2015 04:42:00 8:4 450962
12.09.2015 18:07:00 8:0 140983
13.09.2015 04:14:00 8:4 140980
13.09.2015 23:11:00 8:4 111949
14.09.2015 03:25:00 8:2 125362
15.09.2015 09:20:00 4:3 125362
16.09.2015 03:43:00 8:2 125364
"""
"""Both items of samples/fc_answerByTicketResponse_two_items.xml."""

DELIVERED_EAST = """
16.07.2016 12:01:00 1:1 443063
18.07.2016 20:31:27 8:3 443960
19.07.2016 06:37:22 8:4 443960
"""
DELIVERED_WEST = """
20.07.2016 19:33:00 8:0 140983
21.07.2016 02:53:00 8:4 140980
21.07.2016 12:24:00 8:4 170000
21.07.2016 12:39:00 8:2 170100
21.07.2016 12:49:00 2:1 170100
"""
"""samples/rtm34_history_domestic_9ops_delivered.xml: Samara's clock, then Moscow's."""
