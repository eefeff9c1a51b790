"""Keys on a PKCS#11 token (SoftHSM2): finding, signing, decrypting, PINs, and a token that comes and goes."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import padding

from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.signing.keys import KEY_TRANSPORTS
from gateway.signing.policy import ALGORITHMS, HASHES, Algorithm
from gateway.signing.token import RememberedHere, TokenKey, TokenPlace, list_tokens, look_for
from gateway.signing.token_module import token_module
from gateway.signing.token_objects import seen_without_pin
from tests.bank.bxd import pretend
from tests.signing import softhsm
from tests.signing.softhsm import PIN, Hsm

SHA256 = ALGORITHMS["rsa-sha256"]


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hsm]:
    with softhsm.tokens(tmp_path / "hsm", monkeypatch) as made:
        yield made


@pytest.fixture
def serial(hsm: Hsm) -> str:
    """A token “one” with one key and its certificate."""
    made = hsm.add("one")
    hsm.put("one", pretend.customer_key())
    return made


class Keeper:
    """Hands the PIN out and counts how often it was asked."""

    def __init__(self, pin: str = PIN) -> None:
        self.pin = pin
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return self.pin


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(KvitError) as caught:
        call()
    for language in ("ru", "en"):
        assert "{" not in caught.value.text(language) + caught.value.hint(language)
    assert PIN not in f"{caught.value!s}{caught.value.values}"
    return caught.value.code


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha384", "rsa-sha512", "rsa-sha1"])
def test_it_signs_as_a_key_in_a_file_would(hsm: Hsm, serial: str, algorithm: str) -> None:
    key = TokenKey(hsm.place("one"), Keeper())
    known = ALGORITHMS[algorithm]
    assert key.sign(b"octets", known) == pretend.customer_key().sign(b"octets", known)
    assert key.certificate == pretend.customer_key().certificate
    assert key.chain == (pretend.authority().certificate,)


@pytest.mark.parametrize("transport", ["rsa-pkcs1v15", "rsa-oaep-sha1"])
def test_it_opens_content_keys(hsm: Hsm, serial: str, transport: str) -> None:
    key = TokenKey(hsm.place("one"), Keeper())
    public = pretend.customer_key().private_key.public_key()
    content_key = os.urandom(32)
    assert key.decrypt_key(public.encrypt(content_key, KEY_TRANSPORTS[transport]), transport) == content_key
    assert refusal(lambda: key.decrypt_key(b"\x00" * 256, transport)) == "cms.undecryptable"
    assert refusal(lambda: key.decrypt_key(b"short", transport)) == "cms.undecryptable"
    assert key.sign(b"after that", SHA256)


def test_a_way_to_decrypt_that_the_token_does_not_know(hsm: Hsm, serial: str) -> None:
    """SoftHSM2 knows OAEP with SHA-1 only."""
    key = TokenKey(hsm.place("one"), Keeper())
    public = pretend.customer_key().private_key.public_key()
    wrapped = public.encrypt(b"k" * 32, KEY_TRANSPORTS["rsa-oaep-sha256"])
    assert refusal(lambda: key.decrypt_key(wrapped, "rsa-oaep-sha256")) == "signing.key_cannot_decrypt"
    assert refusal(lambda: key.decrypt_key(wrapped, "rsa-raw")) == "signing.key_cannot_decrypt"


def test_an_algorithm_of_another_kind_is_refused(hsm: Hsm, serial: str) -> None:
    key = TokenKey(hsm.place("one"), Keeper())
    gost = Algorithm("gost2012-256", "urn:gost", "streebog256")
    assert refusal(lambda: key.sign(b"", gost)) == "signing.key_cannot"


def test_several_tokens_are_told_apart_by_label_or_serial(hsm: Hsm, serial: str) -> None:
    second = hsm.add("two")
    hsm.put("two", pretend.bank_key())
    assert {t.label for t in list_tokens(hsm.module) if t.initialised} == {"one", "two"}
    one, two = TokenKey(hsm.place(serial=serial), Keeper()), TokenKey(hsm.place("two"), Keeper())
    assert one.certificate == pretend.customer_key().certificate
    assert two.certificate == pretend.bank_key().certificate
    # both stay logged in beside each other
    assert one.sign(b"x", SHA256) != two.sign(b"x", SHA256)
    assert look_for(hsm.place("two", second)).serial == second
    assert refusal(lambda: look_for(hsm.place())) == "signing.token_ambiguous"
    assert refusal(lambda: look_for(hsm.place("one", second))) == "signing.token_gone"


def test_several_keys_are_told_apart_by_label_or_id(hsm: Hsm, serial: str) -> None:
    hsm.put("one", pretend.bank_key(), "other", b"\xab\xcd")
    assert TokenKey(hsm.place("one"), Keeper(), key_id="abcd").certificate == pretend.bank_key().certificate
    assert TokenKey(hsm.place("one"), Keeper(), key_label="bank").certificate == pretend.customer_key().certificate
    assert refusal(lambda: TokenKey(hsm.place("one"), Keeper())) == "signing.token_many_keys"
    assert refusal(lambda: TokenKey(hsm.place("one"), Keeper(), key_label="third")) == "signing.token_no_key"


def test_the_certificate_may_lie_beside_the_token(hsm: Hsm) -> None:
    hsm.add("one")
    hsm.put("one", pretend.customer_key(), certificate=False)
    assert refusal(lambda: TokenKey(hsm.place("one"), Keeper())) == "signing.token_no_certificate"
    key = TokenKey(hsm.place("one"), Keeper(), certificate=pretend.customer_key().certificate)
    assert key.sign(b"x", SHA256)


def test_another_keys_certificate_is_noticed_before_the_bank_notices(hsm: Hsm, serial: str) -> None:
    key = TokenKey(hsm.place("one"), Keeper(), certificate=pretend.bank_key().certificate)
    assert refusal(lambda: key.sign(b"x", SHA256)) == "signing.key_mismatch"


def test_certificates_are_seen_without_a_pin_and_keys_are_not(hsm: Hsm, serial: str) -> None:
    seen = seen_without_pin(hsm.place("one"))
    assert {(c.label, c.id, c.owner) for c in seen} == {
        ("bank", "01", pretend.CUSTOMER),
        ("issuer", "ff", "Kvit Sandbox Root"),
    }


def test_a_key_that_wants_its_pin_every_time(hsm: Hsm) -> None:
    hsm.add("one")
    hsm.put("one", pretend.customer_key(), asks_each_time=True)
    keeper = Keeper()
    key = TokenKey(hsm.place("one"), keeper)
    assert key.sign(b"1", SHA256) and key.sign(b"2", SHA256)
    assert keeper.asked == 3  # the log-in and two signatures
    keeper.pin = "0000"
    assert refusal(lambda: key.sign(b"3", SHA256)) == "signing.wrong_pin"


# PINs


def test_a_wrong_pin_is_tried_once(hsm: Hsm, serial: str) -> None:
    keeper, memory = Keeper("0000"), RememberedHere()
    key = TokenKey(hsm.place("one"), keeper, refused=memory, certificate=pretend.customer_key().certificate)
    assert refusal(lambda: key.sign(b"x", SHA256)) == "signing.wrong_pin"
    assert look_for(hsm.place("one")).wrong_before
    # SoftHSM2 counts no tries; a PIN made right on the token behind our back shows that the old one is not tried
    hsm_pin(hsm, "0000")
    assert refusal(lambda: key.sign(b"x", SHA256)) == "signing.wrong_pin"
    again = TokenKey(hsm.place("one"), keeper, refused=memory, certificate=key.certificate)
    assert refusal(lambda: again.sign(b"x", SHA256)) == "signing.wrong_pin"
    hsm_pin(hsm, PIN)

    keeper.pin = PIN  # the vault has another PIN now
    assert key.sign(b"x", SHA256)
    assert not memory.is_refused(serial, "0000")


def test_a_refused_pin_is_remembered_beyond_this_process(hsm: Hsm, serial: str) -> None:
    memory = RememberedHere()
    memory.remember(serial, PIN)  # by an earlier life of the service
    own = pretend.customer_key().certificate
    key = TokenKey(hsm.place("one"), Keeper(), refused=memory, certificate=own)
    assert refusal(lambda: key.sign(b"x", SHA256)) == "signing.wrong_pin"
    assert not look_for(hsm.place("one")).wrong_before

    by_hand = TokenKey(hsm.place("one"), Keeper(), refused=memory, by_hand=True)
    assert by_hand.sign(b"x", SHA256)
    assert not memory.is_refused(serial, PIN)
    assert key.sign(b"x", SHA256)


def test_the_last_try_is_left_to_a_person(hsm: Hsm, serial: str) -> None:
    hsm.set_flag(serial, softhsm.FINAL_TRY)
    own = pretend.customer_key().certificate
    key = TokenKey(hsm.place("one"), Keeper(), certificate=own)
    assert refusal(lambda: key.sign(b"x", SHA256)) == "signing.pin_last_try"
    assert TokenKey(hsm.place("one"), Keeper(), by_hand=True).sign(b"x", SHA256)


def test_a_locked_pin_is_not_tried_at_all(hsm: Hsm, serial: str) -> None:
    hsm.set_flag(serial, softhsm.LOCKED)
    own = pretend.customer_key().certificate
    for by_hand in (False, True):
        key = TokenKey(hsm.place("one"), Keeper("0000"), certificate=own, by_hand=by_hand)
        assert refusal(lambda key=key: key.sign(b"x", SHA256)) == "signing.pin_locked"  # type: ignore[misc]
    assert not look_for(hsm.place("one")).wrong_before


# A token that comes and goes


def test_a_token_pulled_out_is_an_alarm_and_work_goes_on_when_it_is_back(hsm: Hsm, serial: str) -> None:
    key = TokenKey(hsm.place("one"), Keeper())
    before = key.sign(b"x", SHA256)
    hsm.pull_out(serial)
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            key.sign(b"x", SHA256)
        assert caught.value.code == "signing.token_gone"
        assert "one" in caught.value.text("ru") and caught.value.hint("ru")
    assert refusal(lambda: look_for(hsm.place("one"))) == "signing.token_gone"
    assert key.certificate == pretend.customer_key().certificate  # what is known of it stays known
    hsm.plug_in(serial)
    assert key.sign(b"x", SHA256) == before


def test_pulled_out_and_put_back_between_two_uses(hsm: Hsm, serial: str) -> None:
    key = TokenKey(hsm.place("one"), Keeper())
    before = key.sign(b"x", SHA256)
    hsm.pull_out(serial)
    hsm.plug_in(serial)
    assert key.sign(b"x", SHA256) == before


def test_the_token_in_the_other_slot_goes_on(hsm: Hsm, serial: str) -> None:
    hsm.add("two")
    hsm.put("two", pretend.bank_key())
    one, two = TokenKey(hsm.place("one"), Keeper()), TokenKey(hsm.place("two"), Keeper())
    hsm.pull_out(serial)
    assert refusal(lambda: one.sign(b"x", SHA256)) == "signing.token_gone"
    assert two.sign(b"x", SHA256)
    hsm.plug_in(serial)
    assert one.sign(b"x", SHA256) and two.sign(b"x", SHA256)


def test_a_start_without_the_token(hsm: Hsm, serial: str) -> None:
    hsm.pull_out(serial)
    hsm.restart()
    assert refusal(lambda: TokenKey(hsm.place("one"), Keeper())) == "signing.token_gone"
    key = TokenKey(hsm.place("one"), Keeper(), certificate=pretend.customer_key().certificate)
    assert refusal(lambda: key.sign(b"x", SHA256)) == "signing.token_gone"
    hsm.plug_in(serial)
    assert key.sign(b"x", SHA256)


def test_the_library_was_stopped_by_somebody_else(hsm: Hsm, serial: str) -> None:
    import pkcs11

    key = TokenKey(hsm.place("one"), Keeper())
    assert key.sign(b"x", SHA256)
    pkcs11.lib(hsm.module).finalize()
    assert key.sign(b"x", SHA256)


def test_a_key_that_was_deleted_is_no_token_that_is_gone(hsm: Hsm, serial: str) -> None:
    import pkcs11
    from pkcs11 import Attribute, ObjectClass

    key = TokenKey(hsm.place("one"), Keeper())
    key.close()
    with pkcs11.lib(hsm.module).get_token(token_label="one").open(rw=True, user_pin=PIN) as session:
        for item in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}):
            item.destroy()
    assert refusal(lambda: key.sign(b"x", SHA256)) == "signing.token_no_key"


def test_threads_share_one_session(hsm: Hsm, serial: str) -> None:
    keeper = Keeper()
    key = TokenKey(hsm.place("one"), keeper)
    public = pretend.customer_key().private_key.public_key()
    start = threading.Barrier(6)

    def sign(number: int) -> None:
        start.wait()
        for turn in range(10):
            octets = b"%d/%d" % (number, turn)
            public.verify(key.sign(octets, SHA256), octets, padding.PKCS1v15(), HASHES["sha256"])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(sign, range(6)))
    assert keeper.asked == 1


def test_errors_the_library_leaves_in_openssl_stay_in_its_own_thread(hsm: Hsm, serial: str) -> None:
    """Left in ours, the next TLS read would take one for its own: "[ENGINE: NO_SUCH_ENGINE] no such engine"."""
    mine = threading.get_ident()
    module = token_module(hsm.module)
    used = {module.run(threading.get_ident) for _ in range(3)}
    assert len(used) == 1 and mine not in used
    assert module.run(lambda: module.run(threading.get_ident)) in used  # from inside it goes on, and does not wait


# What is missing


def test_no_library_for_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(Refused) as caught:
        list_tokens("/nowhere.so")
    assert caught.value.code == "signing.token_not_installed"
    assert "kvit[token]" in caught.value.hint("en")


def test_no_such_module(tmp_path: Path) -> None:
    pytest.importorskip("pkcs11")
    assert refusal(lambda: list_tokens(str(tmp_path / "none.so"))) == "signing.token_no_module"
    (tmp_path / "text.so").write_text("not a library")
    assert refusal(lambda: list_tokens(str(tmp_path / "text.so"))) == "signing.token_no_module"


def test_neither_shown_nor_copied(hsm: Hsm, serial: str) -> None:
    key = TokenKey(hsm.place("one"), Keeper())
    key.sign(b"x", SHA256)
    assert PIN not in repr(key) + repr(vars(key)) + repr(token_module(hsm.module))
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_a_place_has_a_name_for_messages() -> None:
    assert TokenPlace("/lib/rtpkcs11ecp.so").name == "rtpkcs11ecp.so"
    assert TokenPlace("m", "Рутокен", "0b").name == "Рутокен 0b"


def test_bad_bytes_are_corrupt(hsm: Hsm, serial: str) -> None:
    with pytest.raises(Corrupt):
        TokenKey(hsm.place("one"), Keeper()).decrypt_key(b"", "rsa-pkcs1v15")


def hsm_pin(hsm: Hsm, pin: str) -> None:
    """Set the token's PIN with the administrator's."""
    import pkcs11

    hsm.restart()
    with pkcs11.lib(hsm.module).get_token(token_label="one").open(rw=True, so_pin="87654321") as session:
        session.init_pin(pin)
