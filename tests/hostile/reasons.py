"""How a hostile message ends: refused, with a reason a person can read."""

from __future__ import annotations

from datetime import datetime

import pytest

from gateway.bank.bxd import response
from gateway.core.errors import Corrupt
from tests.bank.bxd import pretend


def refusal(raw: bytes, at: datetime = pretend.NOW, **rules: object) -> str:
    """The code `raw` is refused with, as the reply to the pending download."""
    with pytest.raises(Corrupt) as caught:
        response.prove(pretend.reply(raw), pretend.rules(**rules), at)
    for language in ("ru", "en"):
        sentence = caught.value.text(language)
        assert sentence and sentence != caught.value.code, "the reason has no sentence"
        assert "{" not in sentence, f"a value of the sentence is missing: {sentence}"
    return caught.value.code
