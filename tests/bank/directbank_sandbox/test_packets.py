"""A customer's packet is read as strictly as a bank reads it, and taken whole or not at all."""

from __future__ import annotations

import base64
import uuid
from datetime import datetime, timedelta

import pytest

from tests.bank.directbank_sandbox.conftest import PAYEE, Counter
from tests.bank.sandbox.directbank_client import MOSCOW, NAMESPACE, BankError


def number() -> str:
    return str(uuid.uuid4())


def post(counter: Counter, body: bytes, **headers: str | None) -> None:
    counter.client.call("POST", "SendPack", body, **headers)


def refused(counter: Counter, body: bytes, **headers: str | None) -> str:
    """The code of the refusal; nothing of the packet may stay."""
    before = counter.client.packets()[0]
    with pytest.raises(BankError) as error:
        post(counter, body, **headers)
    assert counter.client.packets()[0] == before
    assert counter.sandbox.orders() == []
    return error.value.code


def order(counter: Counter, **fields: str) -> bytes:
    """A packet with a good, signed payment order."""
    one = number()
    content = counter.client.order(one, account=PAYEE, **fields)  # type: ignore[arg-type]
    return counter.client.packet(counter.client.document("10", one, content, signed=True))


CONTAINERS = [
    (b"<Packet ", b"<Packe ", "2001"),
    (b"</Packet>", b"", "2001"),
    (b"<Packet ", b"<!DOCTYPE Packet><Packet ", "2001"),
    (NAMESPACE.encode(), b"http://bank.1c.ru/XMLSchema", "2001"),
    (b'formatVersion="2.3.2" creationDate', b'formatVersion="2.03" creationDate', "2006"),
    (b" userAgent=", b" agent=", "2001"),
    (b"<Recipient><Bank ", b"<Extra/><Recipient><Bank ", "2001"),
    (b"<Data>", b"<Data>*", "2001"),
    (b' dockind="10"', b' dockind="010"', "2001"),
    (b' dockind="10"', b"", "2001"),
    (b' dockind="10"', b' dockind="11"', "2007"),
    (b' dockind="10" formatVersion="2.3.2"', b' dockind="10" formatVersion="1.0"', "2008"),
    (b' dockind="10"', b' dockind="10" encrypted="true"', "2010"),
    (b' dockind="10"', b' dockind="10" compressed="true"', "2011"),
    (b' dockind="10"', b' dockind="10" compressed="yes"', "2001"),
    (b"<Data>", b'<Data fileName="a/b.xml">', "2012"),
    (b"<Data>", b'<Data contentType="image/png">', "2001"),
    (b'inn="', b'inn="9', "2004"),
    (b"</Document></Packet>", b"</Document><SenderFootprint><IP>127.0.0.1</IP></SenderFootprint></Packet>", None),
    (b"</Document></Packet>", b"</Document><SenderFootprint><Host>a</Host></SenderFootprint></Packet>", "2001"),
    (b'x509SerialNumber="', b'x509SerialNumber="0', "2001"),
    (b'x509SerialNumber="', b'x509SerialNumber="AB', "1101"),
    (b'x509IssuerName="Kvit', b'x509IssuerName="Other', "1102"),
    (b"<SignedData>M", b"<SignedData>AAAAM", "2015"),
    (b"<SignedData>", b"<SignedData>*", "2001"),
]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    CONTAINERS,
    ids=[f"{place}-{case[2]}" for place, case in enumerate(CONTAINERS)],
)
def test_a_container_is_read_strictly(counter: Counter, old: bytes, new: bytes, code: str | None) -> None:
    body = order(counter)
    assert old in body
    changed = body.replace(old, new, 1)
    if code is None:
        post(counter, changed)
        assert len(counter.sandbox.orders()) == 1
    else:
        assert refused(counter, changed) == code


def test_a_customer_is_known_by_id_and_inn_and_the_bank_by_its_bic(counter: Counter) -> None:
    own, client = counter.enrolment, counter.client
    document = client.document("05", (probe := number()), client.probe(probe))
    for sender in (
        f'<Customer id="{own.customer_id}"/>',  # ИНН left out
        f'<Customer id="7700000000" inn="{own.inn}"/>',
        f'<Customer id="{own.customer_id}" inn="{own.inn}" kpp="000000000"/>',
        f'<Bank bic="{own.bic}"/>',
    ):
        assert refused(counter, client.packet(document, sender=sender)) == "2004"
    good = client.packet(document)
    assert refused(counter, good.replace(f'<Bank bic="{own.bic}"/>'.encode(), b'<Bank bic="044525000"/>')) == "2005"
    other = f'<Customer id="{own.customer_id}" inn="{own.inn}" name="Опечатка"/>'
    client.send(document, sender=other)  # a name may be spelled in any way


@pytest.mark.parametrize(("hours", "code"), [(-25, "2009"), (25, "2009"), (-23, None), (23, None)])
def test_a_packet_is_of_this_day(counter: Counter, hours: int, code: str | None) -> None:
    created = (datetime.now(MOSCOW) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S")
    document = counter.client.document("05", (probe := number()), counter.client.probe(probe))
    body = counter.client.packet(document, created=created)
    if code:
        assert refused(counter, body) == code
    else:
        post(counter, body)


def test_a_packet_id_counts_once(counter: Counter) -> None:
    packet = number()
    document = counter.client.document("05", (probe := number()), counter.client.probe(probe))
    counter.client.send(document, number=packet)
    other = counter.client.document("05", (second := number()), counter.client.probe(second))
    assert refused(counter, counter.client.packet(other, number=packet)) == "2002"


def test_a_document_id_counts_once_even_within_a_packet(counter: Counter) -> None:
    document = counter.client.document("05", (probe := number()), counter.client.probe(probe))
    assert refused(counter, counter.client.packet(document, document)) == "2202"
    counter.client.send(document)
    assert refused(counter, counter.client.packet(document)) == "2202"


def test_a_packet_with_one_bad_document_is_not_taken_at_all(counter: Counter) -> None:
    client = counter.client
    good, bad = number(), number()
    documents = [
        client.document("10", good, client.order(good, account=PAYEE), signed=True),
        client.document("10", bad, client.order(bad, account=PAYEE, doc_no="13")),
    ]
    assert refused(counter, client.packet(*documents)) == "2013"


# Signatures


def test_a_payment_order_needs_a_signature_that_holds(counter: Counter) -> None:
    client = counter.client
    one = number()
    content = client.order(one, account=PAYEE)
    signature = client.signature(content)
    unsigned = client.document("10", one, content)
    assert refused(counter, client.packet(unsigned)) == "2013"
    other = client.signature(content + b" ")
    assert refused(counter, client.packet(unsigned.replace("</Data>", f"</Data>{other}"))) == "2014"
    assert refused(counter, client.packet(unsigned.replace("</Data>", f"</Data>{signature}{signature}"))) == "2015"
    attached = client.run(
        "cms", "-sign", "-binary", "-nodetach", "-in", "content", "-signer", "own.pem", "-inkey", "own.key",
        "-outform", "DER",
    )  # fmt: skip
    start, _, rest = signature.partition("<SignedData>")
    wrapped = f"{start}<SignedData>{base64.b64encode(attached).decode()}<{rest.partition('<')[2]}"
    assert refused(counter, client.packet(unsigned.replace("</Data>", f"</Data>{wrapped}"))) == "2015"
    client.send(unsigned.replace("</Data>", f"</Data>{signature}"))


def test_an_order_altered_after_it_was_signed_is_refused(counter: Counter) -> None:
    client = counter.client
    one = number()
    content = client.order(one, account=PAYEE)
    signed = client.document("10", one, content, signed=True)
    altered = content.replace(b"<Sum>1500.00", b"<Sum>9500.00")
    body = signed.replace(base64.b64encode(content).decode(), base64.b64encode(altered).decode())
    assert refused(counter, client.packet(body)) == "2014"


def test_a_neighbours_signature_is_no_signature_of_ours(counter: Counter) -> None:
    from gateway.bank.sandbox.enrol import load_authority

    client = counter.client
    key = load_authority(counter.sandbox.folder).issue_client("another", datetime.now(MOSCOW))
    (client.folder / "own.p12").write_bytes(key.to_pkcs12(counter.enrolment.passphrase))
    assert refused(counter, order(counter)) == "1103"


def test_a_zipped_order_is_signed_as_it_was_before(counter: Counter) -> None:
    client = counter.client
    one = number()
    client.send(client.document("10", one, client.order(one, account=PAYEE), signed=True, compressed="true"))
    assert [status for status, _ in client.notices(one)] == ["01", "02"]


# Documents


DOCUMENTS = [
    (b"<DocNo>12</DocNo>", b"", "2201"),
    (b"<DocNo>", b"<Extra/><DocNo>", "2201"),
    (b"<Sum>1500.00</Sum>", b"<Sum>1500.001</Sum>", "2201"),
    (b"<Sum>1500.00</Sum>", b"<Sum>-1500.00</Sum>", "2201"),
    (b"<Purpose>", b"<Purpose>" + "ж".encode() * 211, "2201"),
    (b"<Priority>5<", b"<Priority>55<", "2201"),
    (b"<PayDocRu ", b"<PayRequest ", "2201"),
    (b"044525225", b"04452522A", "2201"),
    (b' id="', b' id="x', "2201"),
    (b"creationDate=\"20", b'creationDate="19', "2009"),
    (b'formatVersion="2.3.2"', b'formatVersion="1.0"', "2008"),
    (b'inn="', b'inn="9', "2004"),
    (b"<?xml", b"<!DOCTYPE x [<!ENTITY y 'z'>]><?xml", "2201"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code"), DOCUMENTS, ids=[f"{place}-{case[2]}" for place, case in enumerate(DOCUMENTS)]
)
def test_a_document_is_read_strictly(counter: Counter, old: bytes, new: bytes, code: str) -> None:
    one = number()
    content = counter.client.order(one, account=PAYEE)
    assert old in content
    if b"DOCTYPE" in new:
        changed = content.replace(b"?>", b"?><!DOCTYPE x [<!ENTITY y 'z'>]>", 1)
    else:
        changed = content.replace(old, new, 1)
        if old == b"<PayDocRu ":
            changed = changed.replace(b"</PayDocRu>", b"</PayRequest>")
    document = counter.client.document("10", one, changed, signed=True)
    assert refused(counter, counter.client.packet(document)) == code


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"SID": None}, "1002"), ({"CustomerID": "0"}, "1003"), ({"Content_Type": "text/plain"}, "1002")],
)
def test_the_headers_of_a_packet_are_read_strictly(counter: Counter, headers: dict[str, str | None], code: str) -> None:
    assert refused(counter, order(counter), **headers) == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"account": "40702810000000000009"}, "1013"),
        ({"first": 5, "last": 0}, "2206"),
        ({"first": -400, "last": 0}, "2206"),
        ({"first": 3, "last": 3}, "2206"),
    ],
)
def test_a_statement_that_cannot_be_had_is_refused_by_a_notice(
    counter: Counter, fields: dict[str, object], code: str
) -> None:
    today = datetime.now(MOSCOW).date()
    moved = {k: today + timedelta(days=v) if isinstance(v, int) else v for k, v in fields.items()}
    request = counter.client.ask_statement(**moved)  # type: ignore[arg-type]
    assert [status for status, _ in counter.client.notices(request)] == [code]
    assert counter.client.statements() == []


def test_a_probe_is_answered(counter: Counter) -> None:
    probe = number()
    counter.client.send(counter.client.document("05", probe, counter.client.probe(probe)))
    assert [status for status, _ in counter.client.notices(probe)] == ["02"]


def test_nothing_a_stranger_sends_costs_money(counter: Counter) -> None:
    accounts = counter.sandbox.state()["accounts"]
    for body in (b"", b"<x/>", b"\x00\xff", order(counter)[:-30]):
        assert refused(counter, body) == "2001"
    assert counter.sandbox.state()["accounts"] == accounts
    assert counter.sandbox.process() == 0
