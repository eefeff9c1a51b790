"""Where our keys lie is a setting: opening each kind, `kvit bank key`, `kvit bank tokens`, what the doctor says."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError
from sqlalchemy import func, select

from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.launch import launch
from gateway.core.errors import KvitError
from gateway.core.money import Money
from gateway.payments.tables import payments
from gateway.service import doctor
from gateway.service.config import BankTable, Home, TokenTable, load_config
from gateway.service.open_keys import VAULT_SERVICE, signing_key, tls_key
from gateway.service.opening import Alone
from gateway.service.rounds import bank_round
from gateway.service.wiring import open_banks, vault_of
from gateway.signing.ca import DemoAuthority
from gateway.signing.gost import GostKey
from gateway.signing.keys import Pkcs12Key
from gateway.signing.policy import ALGORITHMS
from gateway.signing.token import TokenKey, look_for
from gateway.signing.vault import SealedVault, new_master_key
from gateway.store import alarms
from tests.service.conftest import Kvit
from tests.signing import gost_files, softhsm
from tests.signing.softhsm import PIN, Hsm
from tests.signing.tools import openssl

SHA256 = ALGORITHMS["rsa-sha256"]
CUSTOMER = "7700000001"
NOW = datetime.now(UTC)


@pytest.fixture(scope="session")
def authority() -> DemoAuthority:
    return DemoAuthority.create(NOW, "Test Root")


@pytest.fixture(scope="session")
def own_key(authority: DemoAuthority) -> Pkcs12Key:
    return authority.issue_client(CUSTOMER, NOW)


@pytest.fixture
def hsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hsm]:
    with softhsm.tokens(tmp_path / "hsm", monkeypatch) as made:
        yield made


@pytest.fixture
def serial(hsm: Hsm, own_key: Pkcs12Key) -> str:
    made = hsm.add("Банк")
    hsm.put("Банк", own_key)
    return made


@pytest.fixture
def token_home(sandbox_home: Path, hsm: Hsm, serial: str) -> Path:
    """The sandbox's home, but the key that signs is on a token; the old one goes on as the connection's."""
    settings = sandbox_home / "kvit.toml"
    text = settings.read_text(encoding="utf-8").replace(
        'key = "sandbox.p12"', 'key_kind = "token"\ntls_key = "sandbox.p12"\nkey = "unused.p12"'
    )
    text += f'\n[bank.token]\nmodule = "{hsm.module}"\nserial = "{serial}"\nkey_label = "bank"\n'
    settings.write_text(text, encoding="utf-8")
    vault = vault_of(Home(sandbox_home))
    passphrase = vault.get_password(VAULT_SERVICE, "sandbox")
    assert passphrase is not None
    vault.set_password(VAULT_SERVICE, "sandbox.tls", passphrase)
    vault.delete_password(VAULT_SERVICE, "sandbox")
    return sandbox_home


def table_of(home: Path) -> BankTable:
    return load_config(Home(home)).bank[0]


def enter(kvit: Kvit, home: Path, pin: str = PIN):  # type: ignore[no-untyped-def]
    return kvit("bank", "key", "--token", "--passphrase-stdin", "--home", home, "--json", input=f"{pin}\n")


def findings(home: Path) -> dict[str, str]:
    return {f.code: f.state for f in doctor.examine_home(Home(home), thorough=False)}


# Opening


def test_a_file_is_the_default_and_serves_the_connection_too(sandbox_home: Path) -> None:
    home, table = Home(sandbox_home), table_of(sandbox_home)
    vault = vault_of(home)
    key = signing_key(home, vault, table)
    assert isinstance(key, Pkcs12Key)
    assert key.certificate == tls_key(home, vault, table).certificate


def test_a_token_signs_and_a_file_serves_the_connection(kvit: Kvit, token_home: Path, own_key: Pkcs12Key) -> None:
    assert enter(kvit, token_home).code == 0
    home, table = Home(token_home), table_of(token_home)
    vault = vault_of(home)
    key = signing_key(home, vault, table)
    assert isinstance(key, TokenKey)
    assert key.sign(b"x", SHA256) == own_key.sign(b"x", SHA256)
    assert key.chain == own_key.chain
    assert tls_key(home, vault, table).certificate != key.certificate


def test_a_token_alone_cannot_serve_the_connection(token_home: Path) -> None:
    home = Home(token_home)
    table = table_of(token_home).model_copy(update={"tls_key": ""})
    with pytest.raises(KvitError) as caught:
        tls_key(home, vault_of(home), table)
    assert caught.value.code == "config.no_tls_key"
    assert "--tls" in caught.value.hint("en")


def test_the_service_starts_without_the_token(kvit: Kvit, token_home: Path, hsm: Hsm, serial: str) -> None:
    assert enter(kvit, token_home).code == 0
    hsm.pull_out(serial)
    hsm.restart()
    home = Home(token_home)
    key = signing_key(home, vault_of(home), table_of(token_home))
    with pytest.raises(KvitError) as caught:
        key.sign(b"x", SHA256)
    assert caught.value.code == "signing.token_gone"
    hsm.plug_in(serial)
    assert key.sign(b"x", SHA256)


def test_a_pin_that_changes_in_the_vault_is_taken_up(kvit: Kvit, token_home: Path) -> None:
    assert enter(kvit, token_home).code == 0
    home = Home(token_home)
    vault = vault_of(home)
    vault.set_password(VAULT_SERVICE, "sandbox", "0000")  # a restored old vault
    key = signing_key(home, vault, table_of(token_home))
    for _ in range(2):
        with pytest.raises(KvitError) as caught:
            key.sign(b"x", SHA256)
        assert caught.value.code == "signing.wrong_pin"
    vault.set_password(VAULT_SERVICE, "sandbox", PIN)
    assert key.sign(b"x", SHA256)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a store")
def test_the_windows_store_elsewhere_says_so(sandbox_home: Path) -> None:
    home = Home(sandbox_home)
    table = BankTable.model_validate(
        {"profile": "x", "customer_id": "1", "key_kind": "windows", "windows": {"thumbprint": "ab" * 20}}
    )
    with pytest.raises(KvitError) as caught:
        signing_key(home, vault_of(home), table)
    assert caught.value.code == "signing.windows_only"


def test_certificates_beside_a_key_are_looked_at(token_home: Path) -> None:
    home, table = Home(token_home), table_of(token_home).model_copy(update={"certificate": "own.cer"})
    vault = vault_of(home)
    vault.set_password(VAULT_SERVICE, "sandbox", PIN)
    for content, code in ((None, "config.no_certificate"), (b"no certificate", "config.bad_certificate")):
        if content is not None:
            (home.keys / "own.cer").write_bytes(content)
        with pytest.raises(KvitError) as caught:
            signing_key(home, vault, table)
        assert caught.value.code == code


def test_polling_stops_with_an_alarm_while_the_token_is_out_and_goes_on_by_itself(
    kvit: Kvit, token_home: Path, hsm: Hsm
) -> None:
    """The whole way: the sandbox bank believes the signatures of the token, and nothing it has is lost meanwhile."""
    home = Home(token_home)
    table = table_of(token_home)
    bank_knows = tls_key(home, vault_of(home), table)
    serial = hsm.add("у бухгалтера")
    hsm.put("у бухгалтера", bank_knows)
    assert table.token is not None
    text = home.config_file.read_text(encoding="utf-8").replace(table.token.serial, serial)
    home.config_file.write_text(text, encoding="utf-8")
    assert enter(kvit, token_home).code == 0
    sandbox = Sandbox(token_home)
    with launch(token_home), Alone(home) as installation, ExitStack() as opened:
        (bank,) = open_banks(installation)
        opened.callback(bank.channel.close)
        store = installation.store

        def poll() -> tuple[str, str, list[str]]:
            done = bank_round(store, installation.terms, bank.channel)
            with store.reading() as connection:
                codes = [alarm.code for alarm in alarms.open_alarms(connection, store.company)]
            error = done.polled.error.code if done.polled.error else ""
            return done.polled.result, error, codes

        sandbox.pay(amount=Money.parse("100.00"), purpose="Оплата 1")
        assert poll() == ("new", "", [])
        hsm.pull_out(serial)
        sandbox.pay(amount=Money.parse("200.00"), purpose="Оплата 2")
        for _ in range(2):
            assert poll() == ("failed", "signing.token_gone", ["signing.token_gone"])
        hsm.plug_in(serial)
        assert poll() == ("new", "", [])
        with store.reading() as connection:
            assert connection.execute(select(func.count()).select_from(payments)).scalar_one() == 2


# GOST


def gost_home(sandbox_home: Path, key: str, certificate: str = "") -> Path:
    """The sandbox's home, but the key that signs is a GOST one."""
    settings = sandbox_home / "kvit.toml"
    named = f'certificate = "{certificate}"\n' if certificate else ""
    text = settings.read_text(encoding="utf-8").replace(
        'key = "sandbox.p12"', f'key_kind = "gost"\nkey = "{key}"\n{named}tls_key = "sandbox.p12"'
    )
    settings.write_text(text, encoding="utf-8")
    return sandbox_home


def test_a_gost_key_and_its_certificate(kvit: Kvit, sandbox_home: Path) -> None:
    files = gost_files.gost_files()
    home = gost_home(sandbox_home, "gost.pem", "gost.cer")
    arguments = ("bank", "key", files.folder / "key.pem", "--passphrase-stdin", "--home", home, "--json")
    phrase = f"{gost_files.PASSPHRASE}\n"
    assert kvit(*arguments, input=phrase).json["error"]["code"] == "key.needs_certificate"
    arguments = (*arguments, "--certificate", files.folder / "cert.pem")
    assert kvit(*arguments, input="wrong\n").json["error"]["code"] == "signing.wrong_passphrase"
    assert not (home / "keys" / "gost.pem").exists()

    assert kvit(*arguments, input=phrase).code == 0
    vault = vault_of(Home(home))
    key = signing_key(Home(home), vault, table_of(home))
    assert isinstance(key, GostKey)
    assert key.sign(b"x", ALGORITHMS["gost2012-256"])
    found = findings(home)
    assert found["doctor.certificate_ends"] == "warning"  # openssl made it for 20 days
    with pytest.raises(KvitError) as caught:
        tls_key(Home(home), vault, table_of(home).model_copy(update={"tls_key": ""}))
    assert caught.value.code == "config.no_tls_key"


def test_a_gost_key_in_a_container(kvit: Kvit, sandbox_home: Path, tmp_path: Path) -> None:
    files = gost_files.gost_files()
    (tmp_path / "phrase").write_text("тайна", encoding="utf-8")
    openssl(
        *("pkcs12", "-engine", "gost", "-export", "-inkey", files.folder / "plain.pem"),
        *("-in", files.folder / "cert.pem", "-passout", f"file:{tmp_path / 'phrase'}", "-out", tmp_path / "gost.p12"),
    )
    home = gost_home(sandbox_home, "gost.p12")
    arguments = ("bank", "key", tmp_path / "gost.p12", "--passphrase-stdin", "--home", home, "--json")
    refused = kvit(*arguments, "--certificate", files.folder / "cert.pem", input="тайна\n")
    assert refused.json["error"]["code"] == "key.no_certificate_name"
    assert kvit(*arguments, input="тайна\n").code == 0
    key = signing_key(Home(home), vault_of(Home(home)), table_of(home))
    assert isinstance(key, GostKey)
    assert key.sign(b"x", ALGORITHMS["gost2012-256"])


# Settings


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"key_kind": "token"}, "[bank.token]"),
        ({"token": {"module": "m", "token_label": "t"}}, "[bank.token]"),
        ({"key_kind": "windows"}, "[bank.windows]"),
        ({"key_kind": "token", "token": {"module": "m"}}, "token_label or serial"),
        ({"key_kind": "token", "token": {"module": "m", "serial": "1", "key_id": "0g"}}, "key_id"),
        ({"key_kind": "windows", "windows": {}}, "thumbprint or subject"),
        ({"key_kind": "windows", "windows": {"thumbprint": "abcd"}}, "40 hexadecimal"),
        ({"key_kind": "paper"}, "key_kind"),
    ],
)
def test_settings_that_name_no_key_are_refused(more: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError, match=field.replace("[", r"\[")):
        BankTable.model_validate({"profile": "x", "customer_id": "1", **more})


def test_a_thumbprint_may_be_copied_from_windows() -> None:
    copied = "\u200e" + "A9 99 3E 36 47 06 81 6A BA 3E 25 71 78 50 C2 6C 9C D0 D8 9D"
    table = BankTable.model_validate(
        {"profile": "x", "customer_id": "1", "key_kind": "windows", "windows": {"thumbprint": copied}}
    )
    assert table.windows is not None
    assert table.windows.thumbprint == "a9993e364706816aba3e25717850c26c9cd0d89d"


# kvit bank tokens, kvit bank key --token


def test_tokens_are_shown_with_what_to_write_into_the_settings(
    kvit: Kvit, tmp_path: Path, hsm: Hsm, serial: str
) -> None:
    hsm.add("empty")
    answer = kvit("bank", "tokens", "--home", tmp_path, "--module", hsm.module, "--json")
    rows = answer.json["tokens"]
    assert {(r["token"], r["owner"], r["key_label"], r["key_id"], r["pin"]) for r in rows} == {
        ("Банк", CUSTOMER, "bank", "01", "fine"),
        ("Банк", "Test Root", "issuer", "ff", "fine"),
        ("empty", "", "", "", "fine"),
    }
    shown = kvit("bank", "tokens", "--home", tmp_path, "--module", hsm.module).out
    assert serial in shown
    assert "[bank.token]" in shown


def test_the_example_is_what_the_settings_take(kvit: Kvit, sandbox_home: Path, hsm: Hsm, serial: str) -> None:
    import tomllib

    shown = kvit("bank", "tokens", "--home", sandbox_home, "--module", hsm.module).out
    lines = shown[shown.index("key_kind") :].replace("[bank.token]", "[token]")
    example = tomllib.loads(lines)
    assert example["key_kind"] == "token"
    assert look_for(hsm.place(serial=TokenTable.model_validate(example["token"]).serial)).serial in {
        t["serial"]
        for t in kvit("bank", "tokens", "--home", sandbox_home, "--module", hsm.module, "--json").json["tokens"]
    }


def test_no_module_named(kvit: Kvit, sandbox_home: Path) -> None:
    answer = kvit("bank", "tokens", "--home", sandbox_home, "--json")
    assert answer.json["error"]["code"] == "key.no_module"


def test_the_pin_is_kept_when_the_token_takes_it(kvit: Kvit, token_home: Path, own_key: Pkcs12Key) -> None:
    answer = enter(kvit, token_home)
    assert answer.code == 0
    assert CUSTOMER in answer.json["subject"] and answer.json["kind"] == "token"
    vault = vault_of(Home(token_home))
    assert vault.get_password(VAULT_SERVICE, "sandbox") == PIN
    kept = Path(answer.json["file"]).read_bytes()
    assert kept.startswith(own_key.certificate.public_bytes(Encoding.PEM))
    for file in token_home.rglob("*"):
        assert not file.is_file() or PIN.encode() not in file.read_bytes()


def test_a_wrong_pin_is_not_kept_and_costs_one_try(kvit: Kvit, token_home: Path, hsm: Hsm, serial: str) -> None:
    answer = enter(kvit, token_home, "0000")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "signing.wrong_pin"
    assert "0000" not in answer.out + answer.err
    vault = vault_of(Home(token_home))
    assert vault.get_password(VAULT_SERVICE, "sandbox") is None
    assert vault.get_password("kvit.refused-pin", serial) == "0000"
    assert look_for(hsm.place(serial=serial)).wrong_before
    assert enter(kvit, token_home).code == 0
    assert vault.get_password("kvit.refused-pin", serial) is None


def test_a_certificate_that_is_over_is_refused(
    kvit: Kvit, token_home: Path, hsm: Hsm, authority: DemoAuthority
) -> None:
    over = authority.issue_signing("x", NOW - timedelta(days=9), NOW - timedelta(days=1))
    label = hsm.add("old")
    hsm.put("old", over)
    settings = token_home / "kvit.toml"
    before = table_of(token_home).token
    assert before is not None
    settings.write_text(settings.read_text(encoding="utf-8").replace(before.serial, label), encoding="utf-8")
    assert enter(kvit, token_home).json["error"]["code"] == "key.ended"
    assert vault_of(Home(token_home)).get_password(VAULT_SERVICE, "sandbox") is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 2), (("--token", "file.p12"), 2), (("file.p12",), 1), (("--tls",), 2)],
)
def test_a_file_and_a_token_are_not_mixed_up(
    kvit: Kvit, token_home: Path, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "file.p12").write_bytes(b"x")
    given = [tmp_path / a if a.endswith("12") else a for a in arguments]
    answer = kvit("bank", "key", *given, "--home", token_home, "--json")
    if not arguments:
        assert answer.code == code  # nobody to ask for the PIN
        return
    answer = kvit("bank", "key", *given, "--passphrase-stdin", "--home", token_home, "--json", input="x\n")
    assert answer.code == code
    if code == 1:
        assert answer.json["error"]["code"] == "key.is_no_file"


def test_a_bank_without_token(kvit: Kvit, sandbox_home: Path) -> None:
    assert enter(kvit, sandbox_home).json["error"]["code"] == "key.not_on_token"
    answer = kvit("bank", "key", "--home", sandbox_home, "--language", "en")
    assert answer.code == 2
    assert "key file" in answer.err


def test_the_key_of_the_connection_stays_a_file(
    kvit: Kvit, token_home: Path, tmp_path: Path, authority: DemoAuthority
) -> None:
    new = authority.issue_client(CUSTOMER, NOW)
    (tmp_path / "tls.p12").write_bytes(new.to_pkcs12("тайна"))
    answer = kvit(
        "bank", "key", tmp_path / "tls.p12", "--tls", "--replace", "--passphrase-stdin", "--home", token_home, "--json",
        input="тайна\n",
    )  # fmt: skip
    assert answer.code == 0
    home = Home(token_home)
    assert tls_key(home, vault_of(home), table_of(token_home)).certificate == new.certificate


# The doctor


def test_the_doctor_sees_the_token(kvit: Kvit, token_home: Path, hsm: Hsm, serial: str) -> None:
    assert findings(token_home)["config.no_passphrase"] == "error"
    assert enter(kvit, token_home).code == 0
    assert findings(token_home)["doctor.token_ok"] == "ok"
    hsm.set_flag(serial, softhsm.FINAL_TRY)
    assert findings(token_home)["signing.pin_last_try"] == "warning"
    hsm.set_flag(serial, softhsm.LOCKED)
    assert findings(token_home)["signing.pin_locked"] == "error"
    hsm.pull_out(serial)
    hsm.restart()
    found = findings(token_home)
    assert found["signing.token_gone"] == "error"
    assert found["doctor.certificate_lasts"] == "ok"  # its copy in keys/


def test_the_doctor_spends_no_try(kvit: Kvit, token_home: Path, hsm: Hsm, serial: str) -> None:
    vault_of(Home(token_home)).set_password(VAULT_SERVICE, "sandbox", "0000")
    assert findings(token_home)["doctor.token_ok"] == "ok"
    assert not look_for(hsm.place(serial=serial)).wrong_before
    enter(kvit, token_home, "0000")
    assert findings(token_home)["signing.wrong_pin"] == "error"


def test_the_doctor_reads_the_certificate_on_the_token(
    token_home: Path, hsm: Hsm, serial: str, authority: DemoAuthority
) -> None:
    ending = authority.issue_signing("ending", NOW - timedelta(days=9), NOW + timedelta(days=5))
    hsm.put("Банк", ending, "bank", b"\x07")
    home = Home(token_home)
    text = home.config_file.read_text(encoding="utf-8").replace('key_label = "bank"', 'key_id = "07"')
    home.config_file.write_text(text, encoding="utf-8")
    found = [f for f in doctor.examine_home(home, thorough=False) if f.code == "doctor.certificate_ends"]
    assert [(f.state, f.values["name"]) for f in found] == [("error", serial)]
    assert json.dumps(found[0].values)


def test_a_new_vault_has_no_refused_pins(tmp_path: Path) -> None:
    from gateway.signing.token_pins import VaultPins

    pins = VaultPins(SealedVault(tmp_path / "secrets.json", new_master_key()))
    assert not pins.is_refused("1", "0000")
    pins.forget("1")
    pins.remember("1", "0000")
    assert pins.is_refused("1", "0000") and not pins.is_refused("1", "1111") and not pins.is_refused("2", "0000")
    pins.forget("1")
    assert not pins.is_refused("1", "0000")
