"""Camt messages written for the tests, in the shapes real banks send."""

from __future__ import annotations

import io

from gateway.bank.formats.camt import read
from gateway.bank.statement import Entry, StatementHead


def message(
    statement: str,
    *,
    kind: str = "camt.053",
    version: str = "08",
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>',
    encoding: str = "UTF-8",
) -> bytes:
    """A message with one statement whose inner XML is `statement`."""
    container, inner = {
        "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
        "camt.053": ("BkToCstmrStmt", "Stmt"),
        "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    return (
        f'{declaration}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.001.{version}"><{container}>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-21T12:00:00+03:00</CreDtTm></GrpHdr>"
        f"<{inner}>{statement}</{inner}></{container}></Document>"
    ).encode(encoding)


HEAD = "<Id>S1</Id><Acct><Id><Othr><Id>40702810901300013000</Id></Othr></Id><Ccy>RUB</Ccy></Acct>"


def ntry(
    amount: str | None = "100.00",
    direction: str = "CRDT",
    details: str = "",
    extra: str = "",
    currency: str = "RUB",
) -> str:
    """An Ntry; `extra` goes between its status and its details, `details` into NtryDtls."""
    stated = f'<Amt Ccy="{currency}">{amount}</Amt>' if amount is not None else ""
    towards = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    inside = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return f"<Ntry>{stated}{towards}<Sts><Cd>BOOK</Cd></Sts>{extra}{inside}</Ntry>"


def tx(amount: str = "", direction: str = "", inner: str = "", tx_amount: str = "", currency: str = "RUB") -> str:
    """A TxDtls with a sum in Amt, in AmtDtls/TxAmt, in both or in none."""
    own = f'<Amt Ccy="{currency}">{amount}</Amt>' if amount else ""
    towards = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    deep = f'<AmtDtls><TxAmt><Amt Ccy="{currency}">{tx_amount}</Amt></TxAmt></AmtDtls>' if tx_amount else ""
    return f"<TxDtls>{own}{towards}{deep}{inner}</TxDtls>"


def items(content: bytes) -> list[StatementHead | Entry]:
    return list(read(io.BytesIO(content)))


def lines(statement: str, **options: str) -> list[Entry]:
    """The lines of a message whose statement is HEAD + `statement`."""
    return [item for item in items(message(HEAD + statement, **options)) if isinstance(item, Entry)]


def only_line(statement: str, **options: str) -> Entry:
    (entry,) = lines(statement, **options)
    return entry
