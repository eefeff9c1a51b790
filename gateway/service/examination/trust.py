"""Keys and whom we believe: vault, our certificates, the bank's anchors, the bank's door."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy import select

from gateway.api.room import Finding
from gateway.bank.bxd.profile import Profile, load_trust
from gateway.bank.profiles import BankProfile
from gateway.bank.tables import polls
from gateway.core.clock import from_text
from gateway.core.errors import KvitError, Refused
from gateway.service.config import BankTable, Home
from gateway.service.examination.patient import Patient, State, error, of, ok, warning
from gateway.service.key_slot import KeySlot
from gateway.service.open_keys import (
    VAULT_SERVICE,
    certificate_file,
    read_certificates,
    signing_key,
    tls_key,
    token_place,
)
from gateway.service.setup import CHECK_SERVICE, CHECK_USER
from gateway.service.wiring import judge_of, keyless, profile_of, vault_of
from gateway.signing.keys import Pkcs12Key
from gateway.signing.tls import client_context
from gateway.signing.token import look_for
from gateway.signing.token_objects import seen_without_pin
from gateway.signing.token_pins import VaultPins
from gateway.signing.trust import common_name
from gateway.signing.vault import SealedVault

STEPS = (60, 30, 14, 7, 1)
"""Days before a certificate ends at which somebody is told."""
_URGENT = 7
_KNOCK_SECONDS = 5.0
_SILENT_ROUNDS = 12  # polls without a good answer, an hour at the default interval


def vault(patient: Patient) -> Sequence[Finding]:
    """This machine hands out the master key, and it is the one the vault was closed with."""
    if patient.config is None:
        return []
    try:
        opened = vault_of(patient.home)
        opened.get_password(CHECK_SERVICE, CHECK_USER)
    except Refused as failure:
        # Without a bank there is no secret to keep yet.
        return [of(failure, "error" if patient.config.bank else "warning")]
    except KvitError as failure:
        return [of(failure)]
    return [ok("doctor.vault_ok")]


def keys(patient: Patient) -> Sequence[Finding]:
    """Every key opens with its pass phrase, and its certificate lasts."""
    if patient.config is None:
        return []
    if patient.banks:
        ends = [(b.profile.name, b.channel.certificate_expires) for b in patient.banks]
        found = [_lasting(patient, name, end, ours=True) for name, end in ends if end is not None]
        return [*found, *(finding for table in patient.config.bank for finding in _token(patient, table))]
    found = []
    for table in patient.config.bank:
        try:
            opened = vault_of(patient.home)
        except KvitError:
            return []  # said already, under the vault
        found += [_ending(patient, name, opens) for name, opens in _certificates(patient, opened, table)]
        found += _token(patient, table)
    return found


def anchors(patient: Patient) -> Sequence[Finding]:
    """Each bank's profile is read, and the authorities it names lie there and last."""
    if patient.config is None:
        return []
    found: list[Finding] = []
    for table in patient.config.bank:
        try:
            profile = profile_of(patient.home, table)
            believed = dict.fromkeys(judge_of(patient.home, table).believed)
        except KvitError as failure:
            found.append(of(failure))
            continue
        if isinstance(profile, Profile) and profile.encryption is not None:
            receiver = load_trust(profile, patient.home.anchors).bank_encryption
            if receiver is None:
                file = profile.encryption.bank_certificate
                found.append(of(Refused("bank.no_bank_certificate", profile=profile.name, file=file), "warning"))
            else:
                believed[receiver] = None
        ending = [_lasting(patient, _called(c), c.not_valid_after_utc, ours=False) for c in believed]
        bad = [finding for finding in ending if finding.state != "ok"]
        found += bad or [ok("doctor.anchors_ok", profile=profile.name, count=len(believed))]
    return found


def bank(patient: Patient) -> Sequence[Finding]:
    """A bank is configured, answers our questions and, if there is time, opens its door to a knock."""
    if patient.config is None:
        return []
    if not patient.config.bank:
        return [warning("config.no_bank")]
    found = []
    for table in patient.config.bank:
        try:
            profile = profile_of(patient.home, table)
        except KvitError:
            continue  # said already, under the anchors
        found.append(_answers(patient, table, profile))
        if patient.thorough:
            found.append(_door(patient, table, profile))
    return found


def days_left(now: datetime, end: datetime) -> int:
    """Whole days until `end`, negative once it is over."""
    return (end - now).days


def step_of(days: int) -> int | None:
    """The nearest of STEPS that `days` has come down to; 0 once it is over, None while all are far."""
    if days < 0:
        return 0
    return min((step for step in STEPS if days <= step), default=None)


def _lasting(patient: Patient, name: str, end: datetime, *, ours: bool) -> Finding:
    """How long a certificate lasts, said the louder the nearer its end."""
    days = days_left(patient.clock.now(), end)
    values = {"name": name, "days": days, "until": f"{end:%Y-%m-%d}", "step": step_of(days)}
    whose = "certificate" if ours else "anchor"
    if days < 0:
        return error(f"doctor.{whose}_ended", **values)
    if step_of(days) is None:
        return ok(f"doctor.{whose}_lasts", **values)
    state: State = "error" if days <= _URGENT else "warning"
    return Finding(f"doctor.{whose}_ends", state, values)


def _ending(patient: Patient, name: str, opens: Callable[[], x509.Certificate]) -> Finding:
    """How long the certificate of a key lasts that must open for that."""
    try:
        certificate = opens()
    except KvitError as failure:
        return of(failure)
    return _lasting(patient, name, certificate.not_valid_after_utc, ours=True)


def _certificates(
    patient: Patient, opened: SealedVault, table: BankTable
) -> Iterator[tuple[str, Callable[[], x509.Certificate]]]:
    """What each key of a bank entry is called, and how its certificate is come by. Nobody logs in to a token."""
    home = patient.home
    if table.token is not None:
        yield token_place(table.token).name, lambda: _of_token(home, table)
    elif table.key_kind == "windows":
        yield table.profile, lambda: signing_key(home, opened, table).certificate
    elif not keyless(home, table):
        yield table.key, lambda: signing_key(home, opened, table).certificate
    if table.tls_key:
        yield table.tls_key, lambda: tls_key(home, opened, table).certificate
    if table.encryption_key:
        slot = KeySlot(home.keys / table.encryption_key, f"{table.profile}.encryption", opened)
        yield table.encryption_key, lambda: _certificate_in(slot)


def _certificate_in(slot: KeySlot) -> x509.Certificate:
    key = slot.current()
    if key is None:
        raise Refused("config.no_key", file=str(slot.file))
    return key.certificate


def _of_token(home: Home, table: BankTable) -> x509.Certificate:
    """The certificate in keys/, else the one on the token that [bank.token] names, else the one that ends first.

    Raises:
        Refused, Unavailable: see `gateway.signing.token.look_for`; `config.*`, `signing.token_no_certificate`.
    """
    file = certificate_file(home, table)
    if table.certificate or file.is_file():
        return read_certificates(file)[0]
    assert table.token is not None
    place, label, key_id = token_place(table.token), table.token.key_label, table.token.key_id.lower()
    seen = [c for c in seen_without_pin(place) if label in ("", c.label) and key_id in ("", c.id)]
    if not seen:
        raise Refused("signing.token_no_certificate", token=place.name)
    return min((c.certificate for c in seen), key=lambda c: c.not_valid_after_utc)


def _token(patient: Patient, table: BankTable) -> list[Finding]:
    """The token is there and its PIN is not in danger. Looked at without the PIN: the doctor spends no try."""
    if table.token is None:
        return []
    try:
        facts = look_for(token_place(table.token))
        opened = vault_of(patient.home)
        pin = opened.get_password(VAULT_SERVICE, table.profile)
        if pin is None:
            return [error("config.no_passphrase", profile=table.profile)]
        refused = VaultPins(opened).is_refused(facts.serial, pin)
    except KvitError as failure:
        return [of(failure)]
    if facts.pin_locked:
        return [error("signing.pin_locked", token=facts.label)]
    if refused:
        return [error("signing.wrong_pin", token=facts.label)]
    if facts.last_try:
        return [warning("signing.pin_last_try", token=facts.label)]
    return [ok("doctor.token_ok", profile=table.profile, token=facts.label, serial=facts.serial)]


def _answers(patient: Patient, table: BankTable, profile: BankProfile) -> Finding:
    """The last good poll is not older than a few intervals."""
    if patient.store is None:
        return ok("doctor.bank_never_asked", profile=profile.name)
    with patient.store.reading() as connection:
        of_channel = select(polls.c.at, polls.c.result).where(
            polls.c.company == patient.store.company, polls.c.channel == f"{profile.protocol}:{profile.name}"
        )
        newest = of_channel.order_by(polls.c.at.desc()).limit(1)
        last = connection.execute(newest).one_or_none()
        good = connection.execute(newest.where(polls.c.result != "failed")).one_or_none()
    if last is None:
        return ok("doctor.bank_never_asked", profile=profile.name)
    if good is None:
        return warning("doctor.bank_never_answered", profile=profile.name)
    seconds = (patient.clock.now() - from_text(good.at)).total_seconds()
    values = {"profile": profile.name, "at": f"{from_text(good.at).astimezone(patient.zone):%Y-%m-%d %H:%M:%S}"}
    if seconds > _SILENT_ROUNDS * table.poll_every_s:
        return warning("doctor.bank_silent", **values)
    return ok("doctor.bank_answers", **values)


def _door(patient: Patient, table: BankTable, profile: BankProfile) -> Finding:
    """A TLS handshake with the bank's server, and nothing said."""
    address = urlsplit(table.url or profile.service.url)
    host, port = address.hostname or "", address.port or 443
    values = {"profile": profile.name, "address": f"{host}:{port}"}
    try:
        context = client_context(judge_of(patient.home, table).tls_anchors, _tls_key(patient, table))
        with (
            socket.create_connection((host, port), _KNOCK_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as door,
        ):
            certificate = x509.load_der_x509_certificate(door.getpeercert(binary_form=True) or b"")
            protocol = door.version() or ""
    except KvitError as failure:
        return of(failure)
    except ssl.SSLCertVerificationError as failure:
        return error("bank.server_untrusted", detail=failure.verify_message)
    except OSError as failure:
        return error("doctor.bank_shut", reason=failure.strerror or type(failure).__name__, **values)
    days = days_left(patient.clock.now(), certificate.not_valid_after_utc)
    if step_of(days) is not None:
        return warning("doctor.bank_certificate_ends", days=days, **values)
    return ok("doctor.bank_opens", protocol=protocol, **values)


def _tls_key(patient: Patient, table: BankTable) -> Pkcs12Key | None:
    """Our key for the connection, if it can be had; the handshake goes as far as it goes without."""
    try:
        return tls_key(patient.home, vault_of(patient.home), table)
    except KvitError:
        return None


def _called(certificate: x509.Certificate) -> str:
    return common_name(certificate) or certificate.subject.rfc4514_string()
