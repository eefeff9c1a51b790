"""A PKCS#11 library in this process: its thread, its tokens, and one logged-in session for each of them.

A PKCS#11 library is one per process: it is initialised once, a log-in counts for every session of a token, and most
builds of it are not safe for threads unless asked to be. So there is one `TokenModule` for a library file, whatever
number of keys use it, and every call runs in its one thread (`run`). Not a lock, because libraries share OpenSSL with
Python's ssl and leave errors behind in its queue, which is the thread's: the next TLS read in the same thread takes
such an error for its own and breaks the connection (seen with SoftHSM2: "no such engine").

Slots are asked for anew at each search. Some libraries notice a token that was put back only after C_Finalize and
C_Initialize: where a token is missing, that is tried too. It ends the sessions of other tokens of the same library;
they are opened again when they are used.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from gateway.core.errors import Refused, Unavailable

if TYPE_CHECKING:
    from pkcs11 import Session, Slot, Token
    from pkcs11._pkcs11 import lib

RETRY_S = 30.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Which token is meant.

    Attributes:
        module: path of the PKCS#11 library.
        label: of the token; empty where the serial number says enough.
        serial: as the token shows it; empty where the label says enough.
    """

    module: str
    label: str = ""
    serial: str = ""

    @property
    def name(self) -> str:
        """For messages."""
        return " ".join(part for part in (self.label, self.serial) if part) or Path(self.module).name


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token shows before anybody logs in.

    Attributes:
        pin_locked: no PIN counts any more; the administrator of the token must unlock it.
        last_try: one more wrong PIN locks it.
        wrong_before: a wrong PIN was entered since the last good one.
    """

    label: str
    serial: str
    model: str
    manufacturer: str
    slot: int
    initialised: bool
    pin_locked: bool
    last_try: bool
    wrong_before: bool


class RefusedPins(Protocol):
    """Remembers PINs that a token did not accept, by the token's serial number."""

    def is_refused(self, serial: str, pin: str) -> bool:
        """Whether this very PIN was refused by this token."""

    def remember(self, serial: str, pin: str) -> None:
        """This PIN was refused."""

    def forget(self, serial: str) -> None:
        """A PIN was accepted."""


@dataclass
class RememberedHere:
    """Refused PINs as long as this process lives: the memory below every other one."""

    _refused: dict[str, str] = field(default_factory=dict, repr=False)

    def is_refused(self, serial: str, pin: str) -> bool:
        return self._refused.get(serial) == pin

    def remember(self, serial: str, pin: str) -> None:
        self._refused[serial] = pin

    def forget(self, serial: str) -> None:
        self._refused.pop(serial, None)


class TokenModule:
    """One loaded library. Made by `token_module` only."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="token")
        self._inside = threading.local()
        self._sessions: dict[str, Session] = {}
        self._refused = RememberedHere()

    def run(self, action: Callable[[], T]) -> T:
        """Do something with the library, in its thread; what `action` returns or raises."""
        if getattr(self._inside, "yes", False):
            return action()

        def inside() -> T:
            self._inside.yes = True
            return action()

        return self._thread.submit(inside).result()

    def tokens(self) -> list[TokenFacts]:
        """Every token of every slot, uninitialised ones included.

        Raises:
            Refused: `signing.token_not_installed`, `signing.token_no_module`.
        """
        return self.run(lambda: [_facts(token) for token in self._present()])

    def look_for(self, place: TokenPlace) -> TokenFacts:
        """The token that is meant; nobody logs in.

        Raises:
            Refused: `signing.token_ambiguous`, `signing.token_not_installed`, `signing.token_no_module`.
            Unavailable: `signing.token_gone`.
        """
        return self.run(lambda: _facts(self._find(place)))

    def session(self, place: TokenPlace, pin: Callable[[], str], refused: RefusedPins, *, by_hand: bool) -> Session:
        """The session of a token, logged in. To be used inside `run`.

        A PIN that was refused is not tried again while it is the same: tokens lock after a few wrong ones. The last
        try before locking is left to a person.

        Args:
            pin: asked only when nobody is logged in.
            by_hand: a person asks, who has just typed the PIN.

        Raises:
            Refused: `signing.wrong_pin`, `signing.pin_locked`, `signing.pin_last_try`, `signing.pin_not_ready`,
                `signing.token_ambiguous`, `signing.token_not_installed`, `signing.token_no_module`.
            Unavailable: `signing.token_gone`.
            pkcs11.PKCS11Error: the token fails otherwise.
        """
        token = self._find(place)
        facts = _facts(token)
        found = self._sessions.get(facts.serial)
        if found is not None and not by_hand:
            return found
        self.drop(facts.serial)
        self._sessions[facts.serial] = session = self._log_in(token, facts, pin(), refused, by_hand=by_hand)
        return session

    def is_live(self, session: Session) -> bool:
        """Whether nobody has given this session up yet."""
        return any(held is session for held in self._sessions.values())

    def public_session(self, place: TokenPlace) -> Session:
        """A session that sees public objects; the caller closes it. To be used inside `run`.

        Raises:
            Refused, Unavailable: see `look_for`.
            pkcs11.PKCS11Error: the token fails otherwise.
        """
        return self._find(place).open()

    def refuse(self, serial: str, pin: str, refused: RefusedPins, token: str) -> Refused:
        """Remember a wrong PIN, here and for the next start; the error to raise."""
        self._refused.remember(serial, pin)
        self.drop(serial)
        refused.remember(serial, pin)
        return Refused("signing.wrong_pin", token=token)

    def drop(self, serial: str) -> None:
        """Give the session of a token up, as far as it still lets itself be closed."""
        from pkcs11 import PKCS11Error

        session = self._sessions.pop(serial, None)
        if session is not None:
            with suppress(PKCS11Error):  # it went with its token
                session.close()

    def restart(self) -> None:
        """C_Finalize and C_Initialize: every session of this process is gone.

        Raises:
            Unavailable: `signing.token_failed`.
        """
        self.run(self._restart)

    def _restart(self) -> None:
        from pkcs11 import PKCS11Error

        library = self._library()
        self._sessions.clear()
        with suppress(PKCS11Error):  # not initialised any more is what was wanted
            library.finalize()
        try:
            library.initialize()
        except PKCS11Error as error:
            raise self._failed(error) from None

    def _library(self) -> lib:
        try:
            import pkcs11
        except ImportError:
            raise Refused("signing.token_not_installed") from None
        try:
            return pkcs11.lib(self.path)
        except pkcs11.PKCS11Error as error:
            if type(error) is pkcs11.PKCS11Error:  # the loader's; what the library itself says has a class of its own
                raise Refused("signing.token_no_module", module=self.path, reason=str(error)[:200]) from None
            raise self._failed(error) from None

    def _failed(self, error: Exception) -> Unavailable:
        reason = type(error).__name__
        return Unavailable("signing.token_failed", retry_after=RETRY_S, token=Path(self.path).name, reason=reason)

    def _present(self) -> Iterator[Token]:
        slots = self._slots()  # first: it says so where python-pkcs11 is missing
        from pkcs11 import PKCS11Error

        for slot in slots:
            try:
                yield slot.get_token()
            except PKCS11Error:
                continue  # an empty slot, or one whose token does not answer

    def _slots(self) -> list[Slot]:
        library = self._library()
        from pkcs11 import PKCS11Error

        try:
            return list(library.get_slots(token_present=True))
        except PKCS11Error:
            return []

    def _find(self, place: TokenPlace) -> Token:
        found = self._matching(place)
        if not found:
            self._restart()
            found = self._matching(place)
        if not found:
            raise Unavailable("signing.token_gone", retry_after=RETRY_S, token=place.name)
        if len(found) > 1:
            raise Refused("signing.token_ambiguous", token=place.name, count=len(found))
        return found[0]

    def _matching(self, place: TokenPlace) -> list[Token]:
        return [
            token
            for token in self._present()
            if _facts(token).initialised
            and place.label in ("", token.label)
            and place.serial in ("", _text(token.serial))
        ]

    def _log_in(self, token: Token, facts: TokenFacts, pin: str, refused: RefusedPins, *, by_hand: bool) -> Session:
        import pkcs11

        if facts.pin_locked:
            raise Refused("signing.pin_locked", token=facts.label)
        if not by_hand:
            if self._refused.is_refused(facts.serial, pin) or refused.is_refused(facts.serial, pin):
                raise Refused("signing.wrong_pin", token=facts.label)
            if facts.last_try:
                raise Refused("signing.pin_last_try", token=facts.label)
        try:
            session = token.open(user_pin=pin)
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
            raise self.refuse(facts.serial, pin, refused, facts.label) from None
        except pkcs11.UserAlreadyLoggedIn:
            self._restart()  # a session nobody could close; the caller's second try starts clean
            raise
        except pkcs11.PinLocked:
            self._refused.remember(facts.serial, pin)
            refused.remember(facts.serial, pin)
            raise Refused("signing.pin_locked", token=facts.label) from None
        except (pkcs11.PinExpired, pkcs11.UserPinNotInitialized):
            raise Refused("signing.pin_not_ready", token=facts.label) from None
        self._refused.forget(facts.serial)
        refused.forget(facts.serial)
        return session


_modules: dict[str, TokenModule] = {}
_making = threading.Lock()


def token_module(path: str) -> TokenModule:
    """The one module of a library file in this process; nothing is loaded yet."""
    with _making:
        return _modules.setdefault(path, TokenModule(path))


def _facts(token: Token) -> TokenFacts:
    from pkcs11 import TokenFlag

    flags = token.flags
    return TokenFacts(
        label=token.label,
        serial=_text(token.serial),
        model=token.model,
        manufacturer=token.manufacturer_id,
        slot=token.slot.slot_id,
        initialised=bool(flags & TokenFlag.TOKEN_INITIALIZED),
        pin_locked=bool(flags & TokenFlag.USER_PIN_LOCKED),
        last_try=bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        wrong_before=bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
    )


def _text(serial: bytes) -> str:
    return serial.decode("ascii", "replace").strip()
