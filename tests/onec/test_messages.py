"""Every code this room raises has its sentences, and every sentence has its code."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import gateway.core
import gateway.onec
from gateway.core.catalogue import entries

ROOM = Path(str(gateway.onec.__file__)).parent
CORE = Path(str(gateway.core.__file__)).parent
# The reader of the bank's text format and what it shares with 1C's own files speak of 1C too.
READERS = (CORE / "encoding.py", ROOM.parent / "bank" / "formats" / "clientbank_read.py")
TOPIC = CORE / "messages" / "onec.toml"


def used() -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in (*ROOM.glob("*.py"), *READERS))
    return set(re.findall(r'"(onec\.[a-z_0-9]+)"', text))


def test_every_code_has_its_sentences_in_both_languages() -> None:
    for code in used():
        entry = entries()[code]
        assert entry["ru"] and entry["en"], code
        assert ("hint_ru" in entry) == ("hint_en" in entry), code


def test_both_languages_name_the_same_values() -> None:
    for code, entry in tomllib.loads(TOPIC.read_text("utf-8")).items():
        fields = {
            language: {name for _, name, _, _ in string.Formatter().parse(entry[language]) if name}
            for language in ("ru", "en")
        }
        assert fields["ru"] == fields["en"], code


def test_no_sentence_is_left_without_a_use() -> None:
    assert set(tomllib.loads(TOPIC.read_text("utf-8"))) == used()
