"""The sandbox carriers listening on loopback, asked by hand: without our adapters, so that neither hides the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from lxml import etree

from gateway.core.clock import FixedClock
from gateway.core.money import Money
from gateway.parcels.sandbox.control import CarrierSandbox
from gateway.parcels.sandbox.server import CarrierServer
from gateway.signing.parsing import parse

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)  # a Monday
COD = Money(2_340_00)
DAY = timedelta(days=1)
_HISTORY = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"
 xmlns:oper="http://russianpost.org/operationhistory" xmlns:data="http://russianpost.org/operationhistory/data"
 xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body><oper:getOperationHistory>
<data:OperationHistoryRequest><data:Barcode>{track}</data:Barcode><data:MessageType>{kind}</data:MessageType>
<data:Language>{language}</data:Language></data:OperationHistoryRequest>
<data:AuthorizationHeader soapenv:mustUnderstand="1"><data:login>{login}</data:login>
<data:password>{password}</data:password></data:AuthorizationHeader></oper:getOperationHistory></soap:Body>
</soap:Envelope>"""
_MONEY = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"
 xmlns:oper="http://russianpost.org/operationhistory" xmlns:data="http://russianpost.org/operationhistory/data"
 xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:data1="http://www.russianpost.org/RTM/DataExchangeESPP/Data"><soap:Header/><soap:Body>
<oper:PostalOrderEventsForMail><data:AuthorizationHeader soapenv:mustUnderstand="1"><data:login>{login}</data:login>
<data:password>{password}</data:password></data:AuthorizationHeader>
<data1:PostalOrderEventsForMailInput Barcode="{track}" Language="{language}"/></oper:PostalOrderEventsForMail>
</soap:Body></soap:Envelope>"""
_BATCH = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:pos="http://fclient.russianpost.org/postserver" xmlns:fcl="http://fclient.russianpost.org"><soapenv:Header/>
<soapenv:Body>{call}</soapenv:Body></soapenv:Envelope>"""


@dataclass
class House:
    """Carriers and a client."""

    sandbox: CarrierSandbox
    server: CarrierServer
    clock: FixedClock
    client: httpx.Client

    def days_later(self, days: float) -> None:
        self.clock.advance(timedelta(days=days))

    def history(self, track: str, **changes: str) -> httpx.Response:
        return self._single(_HISTORY, track=track, **changes)

    def money(self, track: str, **changes: str) -> httpx.Response:
        return self._single(_MONEY, track=track, **changes)

    def ticket(self, *tracks: str, language: str = "RUS", file_name: str = "", **changes: str) -> httpx.Response:
        items = "".join(f'<fcl:Item Barcode="{track}"/>' for track in tracks)
        named = f' FileName="{file_name}"' if file_name else ""
        return self._batch(
            "<pos:ticketRequest><request{named}>{items}</request><login>{login}</login><password>{password}</password>"
            "<language>{language}</language></pos:ticketRequest>",
            items=items, named=named, language=language, **changes,
        )  # fmt: skip

    def collect(self, ticket: str, **changes: str) -> httpx.Response:
        return self._batch(
            "<pos:answerByTicketRequest><ticket>{ticket}</ticket><login>{login}</login>"
            "<password>{password}</password></pos:answerByTicketRequest>",
            ticket=ticket, **changes,
        )  # fmt: skip

    def ordered(self, *tracks: str) -> str:
        """The number of a new ticket."""
        return first(self.ticket(*tracks), "value").text or ""

    def token(self) -> str:
        known = self.sandbox.credentials()
        given = {
            "grant_type": "client_credentials", "client_id": known.cdek_account, "client_secret": known.cdek_secret,
        }  # fmt: skip
        return str(self.client.post(f"{self.server.urls['cdek']}/oauth/token", data=given).json()["access_token"])

    def cdek(self, path: str, token: str, **query: str) -> httpx.Response:
        return self.client.get(
            f"{self.server.urls['cdek']}/{path}", params=query, headers={"Authorization": f"Bearer {token}"}
        )

    def _single(self, template: str, **given: str) -> httpx.Response:
        body = template.format(**(self._login() | {"kind": "0", "language": "RUS"} | given))
        return self._post("single", body, "application/soap+xml;charset=UTF-8")

    def _batch(self, call: str, **given: str) -> httpx.Response:
        return self._post(
            "batch", _BATCH.format(call=call.format(**(self._login() | given))), "text/xml; charset=utf-8"
        )

    def _login(self) -> dict[str, str]:
        known = self.sandbox.credentials()
        return {"login": known.post_login, "password": known.post_password}

    def _post(self, service: str, body: str, kind: str) -> httpx.Response:
        return self.client.post(self.server.urls[service], content=body.encode(), headers={"Content-Type": kind})


@contextmanager
def houses(tmp_path: Path) -> Iterator[House]:
    clock = FixedClock(NOW)
    sandbox = CarrierSandbox.create(tmp_path, clock, seed=7)
    with CarrierServer(tmp_path, clock=clock) as server, httpx.Client(timeout=5.0, trust_env=False) as client:
        yield House(sandbox, server, clock, client)


def first(response: httpx.Response, name: str) -> etree._Element:
    """The first element with this local name."""
    return named(response, name)[0]


def named(response: httpx.Response, name: str) -> list[etree._Element]:
    """All elements with this local name, in order."""
    return [one for one in parse(response.content).iter() if etree.QName(one).localname == name]


def codes(response: httpx.Response) -> list[str]:
    """The codes of a history of the single service, in its order."""
    return [f"{operation[0][0].text}:{operation[1][0].text}" for operation in named(response, "OperationParameters")]


def batch_codes(item: etree._Element) -> list[str]:
    """The codes of one item of a batch."""
    return [f"{one.get('OperTypeID')}:{one.get('OperCtgID')}" for one in item]


def paths(node: etree._Element, above: str = "") -> set[str]:
    """Every element and attribute by its way from the root, with namespaces."""
    here = f"{above}/{etree.QName(node).text}"
    found = {here, *(f"{here}@{name}" for name in map(str, node.attrib))}
    return found.union(*(paths(child, here) for child in node))


def error(response: httpx.Response) -> str:
    """The number of the error of a batch reply."""
    return str(first(response, "error").get("ErrorTypeID"))


def statuses(response: httpx.Response) -> list[str]:
    """CDEK's words, newest first."""
    body: dict[str, Any] = response.json()
    return [one["code"] for one in body["entity"]["statuses"]]
