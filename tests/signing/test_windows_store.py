"""The Windows certificate store: elsewhere it says what it is. On Windows a missing certificate is named."""

from __future__ import annotations

import sys

import pytest

from gateway.core.errors import Refused
from gateway.signing.windows_store import open_windows_key


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has the store")
@pytest.mark.parametrize(("thumbprint", "subject"), [("ab" * 20, ""), ("", "ООО")])
def test_elsewhere_there_is_no_such_store(thumbprint: str, subject: str) -> None:
    with pytest.raises(Refused) as caught:
        open_windows_key("LocalMachine", thumbprint, subject)
    assert caught.value.code == "signing.windows_only"
    for language in ("ru", "en"):
        assert "Windows" in caught.value.text(language)
        assert "key_kind" in caught.value.hint(language)


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
@pytest.mark.parametrize(("thumbprint", "subject"), [("00" * 20, ""), ("", "no such subject, kvit")])
def test_a_certificate_that_is_not_there(thumbprint: str, subject: str) -> None:
    with pytest.raises(Refused) as caught:
        open_windows_key("CurrentUser", thumbprint, subject)
    assert caught.value.code == "signing.windows_no_certificate"
    assert (thumbprint or subject) in caught.value.text("en")
