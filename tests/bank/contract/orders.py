"""Payment orders written by hand in both formats; nothing of the gateway's own writers is in them."""

from __future__ import annotations

import uuid
from datetime import datetime

from gateway.bank.channel import Sending
from gateway.bank.sandbox.enrol import Enrolment
from gateway.core.clock import MOSCOW
from gateway.core.requisites import with_key

_BIC = "044525225"
_PAYEE = with_key("40702810000000000077", _BIC)
_INN = "7728168971"
_PURPOSE = "Оплата по договору 7, НДС не облагается"


def _number() -> int:
    return uuid.uuid4().int % 900_000 + 1


def pain(own: Enrolment, now: datetime) -> Sending:
    """A pain.001.001.03 of one transfer."""
    order_id, number, day = uuid.uuid4().hex, _number(), f"{now.astimezone(MOSCOW):%Y-%m-%d}"
    clearing = "<FinInstnId><ClrSysMmbId><MmbId>{}</MmbId></ClrSysMmbId></FinInstnId>"
    account = "<Id><Othr><Id>{}</Id></Othr></Id>"
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>'
        f"<GrpHdr><MsgId>{order_id}</MsgId><CreDtTm>{now:%Y-%m-%dT%H:%M:%SZ}</CreDtTm><NbOfTxs>1</NbOfTxs>"
        f"<InitgPty><Nm>{own.owner}</Nm></InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>{day}</ReqdExctnDt>"
        f"<Dbtr><Nm>{own.owner}</Nm></Dbtr><DbtrAcct>{account.format(own.accounts[0])}</DbtrAcct>"
        f"<DbtrAgt>{clearing.format(own.bic)}</DbtrAgt>"
        f"<CdtTrfTxInf><PmtId><InstrId>I{number}</InstrId><EndToEndId>{order_id}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="RUB">250.00</InstdAmt></Amt><CdtrAgt>{clearing.format(_BIC)}</CdtrAgt>'
        f"<Cdtr><Nm>ООО «Поставщик»</Nm><Id><OrgId><Othr><Id>{_INN}</Id><SchmeNm><Cd>TXID</Cd></SchmeNm></Othr>"
        f"</OrgId></Id></Cdtr><CdtrAcct>{account.format(_PAYEE)}</CdtrAcct>"
        f"<RmtInf><Ustrd>{_PURPOSE}</Ustrd><Strd><RfrdDocInf><Tp><CdOrPrtry><Prtry>POD</Prtry></CdOrPrtry></Tp>"
        f"<Nb>{number}</Nb><RltdDt>{day}</RltdDt></RfrdDocInf></Strd></RmtInf></CdtTrfTxInf>"
        "</PmtInf></CstmrCdtTrfInitn></Document>"
    )
    return Sending(order_id, "pain.001", "XL", f"kvit-{order_id}.xml", content.encode(), order_id)


def paydocru(own: Enrolment, now: datetime) -> Sending:
    """A PayDocRu of one order."""
    order_id, local = str(uuid.uuid4()), now.astimezone(MOSCOW)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<PayDocRu xmlns="http://directbank.1c.ru/XMLSchema" id="{order_id}" formatVersion="2.3.2"'
        f' creationDate="{local:%Y-%m-%dT%H:%M:%S}" userAgent="by hand">'
        f'<Sender id="{own.customer_id}" name="ООО Рамка" inn="{own.inn}" kpp="{own.kpp}"/>'
        f'<Recipient bic="{own.bic}" name="Банк"/>'
        f"<Data><DocNo>{_number()}</DocNo><DocDate>{local:%Y-%m-%d}</DocDate><Sum>250.00</Sum>"
        f"<Payer><Name>{own.owner}</Name><INN>{own.inn}</INN><Account>{own.accounts[0]}</Account>"
        f"<Bank><BIC>{own.bic}</BIC></Bank></Payer>"
        f"<Payee><Name>ООО «Поставщик»</Name><INN>{_INN}</INN><Account>{_PAYEE}</Account>"
        f"<Bank><BIC>{_BIC}</BIC></Bank></Payee><TransitionKind>01</TransitionKind><Priority>5</Priority>"
        f"<Purpose>{_PURPOSE}</Purpose></Data></PayDocRu>"
    )
    return Sending(str(uuid.uuid4()), "paydocru", "10", f"kvit-{order_id}.xml", content.encode("utf-8-sig"), order_id)
