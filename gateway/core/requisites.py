"""Russian requisites: ИНН, КПП, БИК, account keys, ОГРН, ОГРНИП, УИН.

Every `check_*` returns the requisite without the spaces around and inside it, or raises `Refused` with the code of
that requisite (`requisites.inn`, `requisites.bic`, …) and the value. Every `is_*` answers the same question as a bool.

Sources: account keys by the Bank of Russia's order of 08.09.1997 № 515; ИНН by the tax service's order
ММВ-7-6/435@; ОГРН and ОГРНИП by the Ministry of Finance's order 165н; УИН by the Treasury's rules of its control
digit. Where real requisites were measured to fail the printed rule (treasury accounts), the comment says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from stdnum.ru import inn as _stdnum_inn

from gateway.core.errors import Refused

_ACCOUNT = re.compile(r"[0-9]{5}[0-9ABCEHKMPTX][0-9]{14}")
_LETTERS = {letter: digit for digit, letter in enumerate("ABCEHKMPTX")}  # sixth place: clearing currencies
_KEY_PLACE = 8
_KEY_WEIGHTS = (7, 1, 3)
_KPP = re.compile(r"(?!00)[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_BIC = re.compile(r"0[0-9]{8}")
_CENTRAL_BANK_BRANCHES = {"000", "001", "002"}
_TREASURY_ACCOUNT = "03"
_TREASURY_SINGLE = "40102"  # единый казначейский счёт, stands where a bank's correspondent account stands
_CORRESPONDENT = ("301", _TREASURY_SINGLE)
NO_UIN = "0"


def check_inn(text: str) -> str:
    """ИНН: 10 digits of a company, 12 of a person or sole trader.

    python-stdnum knows the control digits; it lets all zeros pass, which nobody has.
    """
    value = _compact(text)
    if not _digits(value, 10, 12) or not value.strip("0") or not _stdnum_inn.is_valid(value):
        raise Refused("requisites.inn", value=_shown(text))
    return value


def check_kpp(text: str) -> str:
    """КПП: NNNNPPXXX, no control digit; the reason code PP may hold capital Latin letters."""
    value = _compact(text)
    if not _KPP.fullmatch(value):
        raise Refused("requisites.kpp", value=_shown(text))
    return value


def check_bic(text: str) -> str:
    """БИК: 9 digits beginning with 0 (04 a bank, 00 to 03 the Bank of Russia and the treasury); no control digit."""
    value = _compact(text)
    if not _BIC.fullmatch(value) or not value.strip("0"):
        raise Refused("requisites.bic", value=_shown(text))
    return value


def check_account(text: str, bic: str, correspondent: str = "") -> str:
    """A client's account of 20 places in the bank `bic`.

    Args:
        correspondent: the bank's correspondent account if known; "40102…" marks a treasury recipient, whose
            accounts carry no key of this bank.

    Raises:
        Refused: `requisites.bic`; `requisites.account` for a wrong shape; `requisites.account_key` when the digit
            in the ninth place does not belong to this account in this bank.
    """
    bank = check_bic(bic)
    value = _account_shape(text)
    # Measured: treasury accounts 03… fail either way of computing the key (3 of 3).
    if value.startswith(_TREASURY_ACCOUNT) or _compact(correspondent).startswith(_TREASURY_SINGLE):
        return value
    if _key(value, _key_prefix(value, bank)) != value[_KEY_PLACE]:
        raise Refused("requisites.account_key", value=_shown(text), bic=bank)
    return value


def check_correspondent(text: str, bic: str) -> str:
    """A bank's correspondent account 301…, or the treasury's single account 40102….

    Raises:
        Refused: `requisites.bic`; `requisites.correspondent` for another kind of account or a wrong shape;
            `requisites.account_key`.
    """
    bank = check_bic(bic)
    value = _compact(text)
    if not value.startswith(_CORRESPONDENT) or not _ACCOUNT.fullmatch(value):
        raise Refused("requisites.correspondent", value=_shown(text))
    if _key(value, "0" + bank[4:6]) != value[_KEY_PLACE]:
        raise Refused("requisites.account_key", value=_shown(text), bic=bank)
    return value


def with_key(account: str, bic: str) -> str:
    """`account` with the ninth place set to the key it must have in the bank `bic`.

    Raises:
        Refused: `requisites.bic`, `requisites.account`.
    """
    bank = check_bic(bic)
    value = _account_shape(account)
    return value[:_KEY_PLACE] + _key(value, _key_prefix(value, bank)) + value[_KEY_PLACE + 1 :]


def check_ogrn(text: str) -> str:
    """ОГРН of a company: 13 digits, the last is the first twelve modulo 11 modulo 10."""
    value = _compact(text)
    if not _digits(value, 13) or value.startswith("0") or int(value[:-1]) % 11 % 10 != int(value[-1]):
        raise Refused("requisites.ogrn", value=_shown(text))
    return value


def check_ogrnip(text: str) -> str:
    """ОГРНИП of a sole trader: 15 digits beginning with 3 (4 in older records), the last is the first fourteen
    modulo 13 modulo 10.

    python-stdnum 2.2 leaves out the last modulo and so refuses every number whose remainder is 10, 11 or 12.
    """
    value = _compact(text)
    if not _digits(value, 15) or value[0] not in "34" or int(value[:-1]) % 13 % 10 != int(value[-1]):
        raise Refused("requisites.ogrnip", value=_shown(text))
    return value


def check_uin(text: str) -> str:
    """УИН, field 22 of a payment order: 20 or 25 digits with a control digit, 4 digits of an index without one,
    or "0" for none."""
    value = _compact(text)
    if value == NO_UIN:
        return value
    plausible = _digits(value, 4, 20, 25) and bool(value.strip("0"))
    if not plausible or (len(value) > 4 and _uin_key(value[:-1]) != int(value[-1])):
        raise Refused("requisites.uin", value=_shown(text))
    return value


def is_inn(text: str) -> bool:
    return _holds(check_inn, text)


def is_kpp(text: str) -> bool:
    return _holds(check_kpp, text)


def is_bic(text: str) -> bool:
    return _holds(check_bic, text)


def is_account(text: str, bic: str, correspondent: str = "") -> bool:
    return _holds(check_account, text, bic, correspondent)


def is_correspondent(text: str, bic: str) -> bool:
    return _holds(check_correspondent, text, bic)


def is_ogrn(text: str) -> bool:
    return _holds(check_ogrn, text)


def is_ogrnip(text: str) -> bool:
    return _holds(check_ogrnip, text)


def is_uin(text: str) -> bool:
    return _holds(check_uin, text)


def _holds(check: Callable[..., str], *values: str) -> bool:
    try:
        check(*values)
    except Refused:
        return False
    return True


def _compact(text: str) -> str:
    return "".join(text.split())


def _shown(text: str) -> str:
    return text.strip()[:40]


def _digits(value: str, *lengths: int) -> bool:
    """Whether `value` is ASCII digits only (str.isdigit alone lets ² and ٣ pass) of one of `lengths`."""
    return value.isascii() and value.isdigit() and len(value) in lengths


def _account_shape(text: str) -> str:
    value = _compact(text)
    if not _ACCOUNT.fullmatch(value) or not value.strip("0"):
        raise Refused("requisites.account", value=_shown(text))
    return value


def _key_prefix(account: str, bic: str) -> str:
    """The three digits of the bank that enter the key: its own number for its clients, its region's for accounts
    held in the Bank of Russia itself."""
    if bic[6:] in _CENTRAL_BANK_BRANCHES or account.startswith((_TREASURY_SINGLE, "30101")):
        return "0" + bic[4:6]
    return bic[6:]


def _key(account: str, prefix: str) -> str:
    """The key digit: the sum of the last digits of place times weight, with the key's own place zero, times 3."""
    places = [int(digit) for digit in prefix]
    places += [_LETTERS[place] if place in _LETTERS else int(place) for place in account]
    places[len(prefix) + _KEY_PLACE] = 0
    return str(sum(place * _KEY_WEIGHTS[i % 3] % 10 for i, place in enumerate(places)) * 3 % 10)


def _uin_key(body: str) -> int:
    """Weights 1 to 10 over and over, modulo 11; a 10 is tried again with weights that start from 3, then is 0."""
    first = _weighted(body, range(len(body))) % 11
    if first != 10:
        return first
    second = _weighted(body, range(2, len(body) + 2)) % 11
    return 0 if second == 10 else second


def _weighted(body: str, offsets: Iterable[int]) -> int:
    return sum(int(digit) * (offset % 10 + 1) for digit, offset in zip(body, offsets, strict=True))
