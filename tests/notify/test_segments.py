"""Parts of an SMS against the published limits, and against aiosmpplib's codec."""

from __future__ import annotations

import pytest
from aiosmpplib.codec import GSM7BitCodec

from gateway.core.money import Money
from gateway.notify.segments import Encoding, cut, encode, foreign

GSM, UCS2 = Encoding.GSM, Encoding.UCS2


# Counts of npm sms-segments-calculator 1.3.0 for the same texts.
@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", GSM, 0, 1),
        ("a" * 160, GSM, 160, 1),
        ("a" * 161, GSM, 161, 2),
        ("a" * 306, GSM, 306, 2),
        ("a" * 307, GSM, 307, 3),
        ("€" * 80, GSM, 160, 1),
        ("€" * 81, GSM, 162, 2),
        ("[" * 153, GSM, 306, 3),
        ("я" * 70, UCS2, 70, 1),
        ("я" * 71, UCS2, 71, 2),
        ("я" * 109, UCS2, 109, 2),
        ("я" * 134, UCS2, 134, 2),
        ("я" * 135, UCS2, 135, 3),
        ("😀" * 35, UCS2, 70, 1),
        ("😀" * 40, UCS2, 80, 2),
        ("😀" * 67, UCS2, 134, 3),
        ("`" + "a" * 69, UCS2, 70, 1),
    ],
)
def test_counts(text: str, encoding: Encoding, units: int, segments: int) -> None:
    made = cut(text)
    assert (made.encoding, made.units, made.segments) == (encoding, units, segments)
    assert "".join(made.parts) == text
    assert made.price(Money(350)) == Money(350 * segments)


@pytest.mark.parametrize("text", ["x" + "€" * 200, "x" + "😀" * 100, "яя😀" * 60, "ab[]" * 90])
def test_no_pair_is_cut_in_two(text: str) -> None:
    made = cut(text)
    most = 153 if made.encoding is GSM else 134
    for part in made.parts:
        content = encode(part, made.encoding)
        assert len(content) <= most
        assert not content.endswith(b"\x1b") if made.encoding is GSM else content.decode("utf-16-be") == part


def test_the_alphabet_is_that_of_the_standard() -> None:
    codec = GSM7BitCodec.get_codec_info()
    for point in [*range(0x20, 0x250), *range(0x370, 0x400), 0x20AC, 0x0A, 0x0D, 0x0C]:
        character = chr(point)
        ours = not foreign(character)
        assert ours == GSM7BitCodec.is_gsm_text(character), f"U+{point:04X}"
        if ours:
            assert encode(character, GSM) == codec.encode(character)[0]
    assert foreign("«abc» №1") == "«»№"
