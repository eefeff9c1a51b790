"""Our WSDL and schemas against zeep and against the banks' own files."""

from __future__ import annotations

import base64
import socket
from datetime import UTC, datetime

import pytest
import zeep
from lxml import etree

from gateway.bank.bxd.transport import OwnFiles
from gateway.bank.bxd.wire import BINDING, COMMANDS, application_schema, schema_folder
from gateway.core.errors import Refused
from tests.standards import need

BANKS = {
    "wsdl_nordea.xml": set(COMMANDS),
    "wsdl_nordea_sha2.xml": set(COMMANDS),
    "wsdl_op_production.xml": set(COMMANDS),
    "wsdl_op_test.xml": set(COMMANDS),
    "wsdl_samlink_production.xml": {"uploadFile", "downloadFileList", "downloadFile"},
    "wsdl_samlink_test.xml": {"uploadFile", "downloadFileList", "downloadFile"},
}
HEADER = {
    "SenderId": "11111111",
    "RequestId": "01JD4QZX0000000000000000AA",
    "Timestamp": datetime(2026, 11, 21, 9, tzinfo=UTC),
    "Language": "EN",
    "UserAgent": "Kvit",
    "ReceiverId": "BANK",
}


def ours() -> zeep.Client:
    return zeep.Client(str(schema_folder() / "CorporateFileService.wsdl"), transport=OwnFiles())


def message(client: zeep.Client, operation: str) -> bytes:
    binding = next(iter(client.wsdl.bindings.values()))
    service = client.create_service(binding.name, "https://127.0.0.1/")
    made = client.create_message(service, operation, RequestHeader=HEADER, ApplicationRequest=b"<x/>")
    return etree.tostring(made, method="c14n", exclusive=True)


def test_our_wsdl_loads_in_zeep_without_any_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    operations = ours().wsdl.bindings[BINDING]._operations
    assert set(operations) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(BANKS))
def test_messages_are_the_same_as_with_the_banks_wsdl(name: str) -> None:
    official = zeep.Client(str(need(f"bxd/wsdl/{name}")))
    for operation in sorted(BANKS[name]):
        assert message(ours(), operation) == message(official, operation)


def test_nothing_but_our_own_files_is_loaded() -> None:
    for url in ("http://127.0.0.1:1/x.xsd", "file:///etc/hostname", "/etc/hostname", "../x.wsdl"):
        with pytest.raises(Refused) as caught:
            OwnFiles().load(url)
        assert caught.value.code == "bank.schema_outside"


def test_our_schema_knows_every_element_of_the_banks_schema() -> None:
    """Names, order and optionality of ApplicationRequest and ApplicationResponse are the agreement's."""
    for name in ("application_request.xsd", "application_response.xsd"):
        official = etree.parse(str(need(f"bxd/xsd/{name}")))
        own = etree.parse(str(schema_folder() / "application.xsd"))
        root = official.find("{*}element").get("name")
        assert _children(own, root) == _children(official, root)


def _children(schema: etree._ElementTree, root: str) -> list[tuple[str | None, str]]:
    declared = schema.find(f"{{*}}element[@name='{root}']/{{*}}complexType/{{*}}sequence")
    return [(e.get("name") or e.get("ref"), e.get("minOccurs", "1")) for e in declared]


def test_recorded_payloads_fit_our_schema() -> None:
    for name in ("nordea/dfl.xml", "nordea/df_tito.xml", "nordea/uf.xml", "samlink/dfl.xml"):
        reply = etree.parse(str(need(f"bxd/samples/sepafm/{name}")))
        payload = reply.findtext(".//{http://model.bxd.fi}ApplicationResponse")
        application_schema().assertValid(etree.fromstring(base64.b64decode(payload)))
