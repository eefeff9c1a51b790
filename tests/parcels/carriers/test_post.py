"""The Post's two services: its samples, its traps, and what it says when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from lxml import etree

from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.core.money import Money
from gateway.parcels.carriers import post_xml
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.https import CarrierHttps
from gateway.parcels.carriers.ports import History
from gateway.parcels.carriers.post import Post
from gateway.parcels.carriers.post_batch import PostBatch
from gateway.parcels.carriers.post_records import read_batch, read_history
from gateway.parcels.carriers.post_single import PostSingle
from gateway.parcels.history import standing
from gateway.parcels.model import CarrierKey, Effect, Stage
from gateway.parcels.records import keyed
from tests.parcels.carriers.canned import LIMITS, PACE, SOAP11, Canned, Server
from tests.standards import need

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LOGIN, PASSWORD = "kvit-login", "p&ssw<rd-secret"
TRACK = "44334455667733"
TICKET = "20150917162048476CLIENTID"
DATA = 'xmlns="http://russianpost.org/operationhistory/data"'


@pytest.fixture
def post(server: Server) -> Iterator[Post]:
    single = PostSingle(server.url, LOGIN, lambda: PASSWORD, (), LIMITS, PACE)
    batch = PostBatch(server.url, LOGIN, lambda: PASSWORD, (), LIMITS, PACE)
    with closing(Post(single, batch)) as made:
        yield made


def sample(name: str) -> bytes:
    return need(f"russianpost/samples/{name}").read_bytes()


def body(content: str, version: str = post_xml.SOAP12) -> bytes:
    return f'<S:Envelope xmlns:S="{version}"><S:Body>{content}</S:Body></S:Envelope>'.encode()


def record(code: str = "8:2", at: str = "2026-11-20T10:00:00.000+03:00", *, rest: str = "") -> str:
    kind, _, attribute = code.partition(":")
    return (
        f"<historyRecord><OperationParameters><OperType><Id>{kind}</Id></OperType>"
        f"<OperAttr><Id>{attribute}</Id></OperAttr><OperDate>{at}</OperDate></OperationParameters>{rest}</historyRecord>"
    )


def history(*records: str) -> bytes:
    inner = f"<OperationHistoryData {DATA}>{''.join(records)}</OperationHistoryData>"
    return body(f"<r:getOperationHistoryResponse xmlns:r='urn:r'>{inner}</r:getOperationHistoryResponse>")


def fault(detail: str) -> Canned:
    told = f"<Detail><f:{detail} xmlns:f='urn:f'>Подробности</f:{detail}></Detail>" if detail else ""
    words = "<S:Code><S:Value>S:Receiver</S:Value></S:Code><S:Reason><S:Text>Ошибка</S:Text></S:Reason>"
    return Canned(body(f"<S:Fault>{words}{told.replace('Detail', 'S:Detail')}</S:Fault>"), 500)


def batch(*items: str) -> bytes:
    value = f'<value xmlns:n="{post_xml.ITEMS}">{"".join(items)}</value>'
    return body(f'<a:answerByTicketResponse xmlns:a="{post_xml.BATCH}">{value}</a:answerByTicketResponse>')


def batch_error(number: int, reply: str = "answerByTicketResponse") -> Canned:
    error = f'<error ErrorTypeID="{number}" ErrorName="Слова Почты"/>'
    return Canned(body(f'<a:{reply} xmlns:a="{post_xml.BATCH}">{error}</a:{reply}>'), kind=SOAP11)


def read(raw: bytes) -> History:
    return read_history(TRACK, post_xml.content_of(raw))


def refusal(call: Callable[..., object], *arguments: object) -> KvitError:
    with pytest.raises(KvitError) as error:
        call(*arguments)
    assert PASSWORD not in f"{error.value} {error.value!r} {error.value.text('ru')} {error.value.values}"
    return error.value


# Samples


def test_the_posts_own_delivery(post: Post, server: Server) -> None:
    server.lay(Canned(sample("rtm34_history_domestic_9ops_delivered.xml")))
    answer = post.history(TRACK)
    (found,) = answer.histories
    assert (found.known, len(found.records), found.skipped, answer.about) == (True, 8, 0, TRACK)
    first = found.records[0]
    assert (first.at, first.offset_minutes) == (datetime(2016, 7, 16, 8, 1, tzinfo=UTC), 240)
    assert (first.code, first.text, first.office_index, first.office) == ("1:1", "Единичный", "443063", "Самара 63")
    assert (first.mass, first.mail_type, first.index_to, first.country) == (291, 4, "170971", "RU")
    reckoned = standing(found.records, now=NOW)
    assert (reckoned.stage, reckoned.index_to, reckoned.office_index) == (Stage.DELIVERED, "170971", "170100")
    assert "ДИРЕКТ КАТАЛОГ" in answer.raw.decode() and "ДИРЕКТ" not in str(found)  # who gets it is never read


def test_samples_of_the_old_service_read_too() -> None:
    one = read_history("LK035658376US", post_xml.content_of(sample("voh2013_history_LK035658376US_1op.xml")))
    assert standing(one.records, now=NOW).stage is Stage.READY
    none = read_history("X", post_xml.content_of(sample("voh2013_history_unknown_barcode_empty.xml")))
    assert (none.known, none.records) == (False, ())


def test_the_posts_own_batch_with_a_parcel_sent_on(post: Post, server: Server) -> None:
    server.lay(Canned(sample("fc_answerByTicketResponse_two_items.xml"), kind=SOAP11))
    answer = post.collect(TICKET)
    assert answer is not None
    assert [found.track for found in answer.histories] == ["ZB005012591HK", "ZB005012592HK"]
    for found in answer.histories:
        reckoned = standing(found.records, now=NOW)
        assert (reckoned.stage, reckoned.office_index) == (Stage.READY, "125364")
        assert found.records[0].offset_minutes == 300  # 450083 is Ufa
        assert found.records[0].at == datetime(2015, 9, 8, 12, 7, tzinfo=UTC)


def test_the_posts_own_money(post: Post, server: Server) -> None:
    server.lay(Canned(sample("rtm34_PostalOrderEventsForMail_response.xml")))
    (found,) = post.money("14102192069353").histories
    assert [(event.kind, event.amount, event.collected) for event in found.money] == [
        ("1", Money(2_340_00), False),
        ("3", Money(2_340_00), True),
    ]
    assert found.money[1].at == datetime(2015, 12, 12, 13, 49, 13, tzinfo=UTC)


def test_a_ticket(post: Post, server: Server) -> None:
    server.lay(Canned(sample("fc_ticketResponse.xml"), kind=SOAP11))
    assert post.order([TRACK, "RA644000001RU"]).id == TICKET


def canonical(node: etree._Element) -> object:
    """A tree to be compared: names, attributes and texts; languages and places of words differ."""
    parts = [canonical(child) for child in node]
    text = (node.text or "").strip()
    return (node.tag, sorted(node.attrib.items()), text, parts)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("rtm34_getOperationHistory_request.xml", post_xml.history_request("RA644000001RU", "my_login", "my_password")),
        (
            "rtm34_PostalOrderEventsForMail_request.xml",
            post_xml.money_request("14102192069353", "my_login", "my_password").replace(b'"RUS"', b'"ENG"'),
        ),
        (
            "fc_ticketRequest.xml",
            post_xml.ticket_request(["RA123456788RU", "RA123456789RU", "RA123456780RU"], "my_login", "my_password"),
        ),
        (
            "fc_answerByTicketRequest.xml",
            post_xml.answer_request(TICKET, "my_login", "my_password"),
        ),
    ],
)
def test_requests_are_the_samples(name: str, ours: bytes) -> None:
    assert canonical(etree.fromstring(ours)) == canonical(etree.fromstring(sample(name)))


# Traps


def test_zero_money_and_index_zero_are_said_as_nothing() -> None:
    told = "<AddressParameters><DestinationAddress><Index>170971</Index></DestinationAddress></AddressParameters>"
    money = "<FinanceParameters><Payment>234000</Payment><Value>250000</Value></FinanceParameters>"
    zero = told.replace("170971", "0"), money.replace("234000", "0").replace("250000", "0")
    found = read(history(record("1:1", rest=told + money), record("8:4", rest="".join(zero))))
    assert [(one.index_to, one.cod, one.declared) for one in found.records] == [
        ("170971", Money(2_340_00), Money(2_500_00)),
        ("", Money(0), Money(0)),
    ]
    reckoned = standing(found.records, now=NOW)
    assert (reckoned.index_to, reckoned.cod, reckoned.declared) == ("170971", Money(2_340_00), Money(2_500_00))


def test_a_broken_record_is_left_out_and_counted() -> None:
    broken = [
        record(at=""),
        record(at="0001-01-01T00:00:00"),
        record(at="20.11.2026"),
        record("x:2"),
        "<historyRecord/>",
        record(at="9999-12-31T23:59:59-12:00"),
        record(at="9999-12-31T10:00:00+03:00"),
    ]
    found = read(history(record("1:1"), *broken, record("2:1")))
    assert ([one.code for one in found.records], found.skipped, found.known) == (["1:1", "2:1"], len(broken), True)
    assert [one.place for one in found.records] == [1, 9]


def test_a_garbled_weight_costs_no_operation() -> None:
    rest = "<ItemParameters><Mass>-1</Mass><MailType><Id>x</Id></MailType></ItemParameters>"
    rest += "<FinanceParameters><Payment>1e9</Payment></FinanceParameters>"
    (one,) = read(history(record(rest=rest))).records
    assert (one.mass, one.mail_type, one.cod) == (0, 0, Money(0))


def test_an_operation_without_attribute_and_one_in_no_table() -> None:
    found = read(history(record("8:"), record("999:7")))
    assert [one.code for one in found.records] == ["8:0", "999:7"]
    assert found.records[1].effect is Effect.NOTE


def test_a_time_without_offset_is_the_offices_own() -> None:
    at = "<AddressParameters><OperationAddress><Index>690000</Index></OperationAddress></AddressParameters>"
    east, nowhere = read(history(record(at="2026-11-20T10:00:00", rest=at), record(at="2026-11-20T10:00:00"))).records
    assert (east.at, east.offset_minutes) == (datetime(2026, 11, 20, 0, 0, tzinfo=UTC), 600)
    assert (nowhere.at, nowhere.offset_minutes) == (datetime(2026, 11, 20, 7, 0, tzinfo=UTC), None)


def test_both_services_tell_of_one_operation_alike() -> None:
    office = "<AddressParameters><OperationAddress><Index>690000</Index></OperationAddress></AddressParameters>"
    single = read(history(record("8:2", "2026-11-20T10:00:00.001+10:00", rest=office))).records
    item = '<n:Operation OperTypeID="8" OperCtgID="2" DateOper="20.11.2026 10:00:00" IndexOper="690000"/>'
    (found,) = items(f'<n:Item Barcode="{TRACK}">{item}</n:Item>')
    assert set(keyed(single)) == set(keyed(found.records))


def test_a_new_number_is_seen() -> None:
    renumbered = "<ItemParameters><Barcode>80093871234564</Barcode></ItemParameters>"
    assert read(history(record("8:26", rest=renumbered))).new_track == "80093871234564"
    assert read(history(record("8:2", rest=renumbered))).new_track == ""


def items(*content: str) -> tuple[History, ...]:
    value = post_xml.descend(post_xml.content_of(batch(*content)), "value")
    assert value is not None
    return read_batch(value)


def test_items_of_a_batch_each_by_itself() -> None:
    good = '<n:Operation OperTypeID="8" OperCtgID="2" DateOper="20.11.2026 10:00:00" IndexOper="0"/>'
    bad = '<n:Operation OperTypeID="8" OperCtgID="2" DateOper="32.11.2026 10:00:00" IndexOper="170100"/>'
    found = items(
        f'<n:Item Barcode="A">{good}{bad}</n:Item>',
        '<n:Item Barcode="B"><n:Error ErrorTypeID="12" ErrorName="Информация отсутствует"/></n:Item>',
        '<n:Item Barcode="C"><n:Error ErrorName="Нет"/></n:Item>',
        '<n:Item Barcode="D"><n:Error ErrorTypeID="16" ErrorName="Внутренняя ошибка"/></n:Item>',
        '<n:Item Barcode="E"/>',
        "<n:Item/>",
        f'<n:Item Barcode="F">{bad}</n:Item>',
        f"<n:Other/><n:Item Barcode='G'>{good}<n:Unheard/></n:Item>",
    )
    assert [(one.track, one.known, len(one.records), one.skipped) for one in found] == [
        ("A", True, 1, 1),
        ("B", False, 0, 0),
        ("C", False, 0, 0),
        ("E", False, 0, 0),
        ("F", True, 0, 1),
        ("G", True, 1, 0),
    ]
    assert (found[0].records[0].office_index, found[0].records[0].offset_minutes) == ("", None)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><body>Maintenance</body></html>",
        history(record())[:-40],
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + history(record()),
        body(""),
        b"\xff\xfe\x00",
    ],
    ids=["empty", "html", "cut", "dtd", "no content", "bytes"],
)
def test_what_is_no_reply_is_handed_on_as_it_came(post: Post, server: Server, raw: bytes) -> None:
    server.lay(Canned(raw))
    error = refusal(post.history, TRACK)
    assert isinstance(error, UnreadableReply) and error.code == "carrier.unreadable" and error.raw == raw


# What goes wrong


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (fault("AuthorizationFaultReason"), Refused, "carrier.not_authorised"),
        (fault("OperationHistoryFaultReason"), Refused, "carrier.refused"),
        (fault("LanguageFaultReason"), Refused, "carrier.refused"),
        (fault(""), Unavailable, "carrier.fault"),
        (Canned(b"<html>Proxy</html>", 500, "text/html"), Unavailable, "carrier.fault"),
        (Canned(b"", 502, "text/html"), Unavailable, "carrier.fault"),
        (Canned(b"", 302, headers={"Location": "http://127.0.0.1:9/"}), Unavailable, "carrier.fault"),
        (Canned(b"", 403), Refused, "carrier.not_authorised"),
        (Canned(b"", 429, headers={"Retry-After": "7"}), Unavailable, "carrier.busy"),
        (Canned(b"x" * (LIMITS.message + 1)), Unavailable, "carrier.unreadable"),
    ],
)
def test_what_the_single_service_may_say(
    post: Post, server: Server, answer: Canned, kind: type[KvitError], code: str
) -> None:
    server.lay(answer)
    for call in (post.history, post.money):
        error = refusal(call, TRACK)
        assert (type(error) in (kind, UnreadableReply), error.code) == (True, code)
        if code == "carrier.busy":
            assert isinstance(error, Unavailable) and error.retry_after == 7


def test_a_spent_quota_is_told_from_a_wrong_password(post: Post, server: Server) -> None:
    spent = fault("AuthorizationFaultReason").body.replace("Подробности".encode(), "Превышен лимит запросов".encode())
    server.lay(Canned(spent, 500))
    assert refusal(post.history, TRACK).code == "carrier.quota_spent"


@pytest.mark.parametrize(
    ("number", "code"),
    [(2, "refused"), (3, "not_authorised"), (16, "fault"), (18, "refused"), (20, "refused"), (22, "refused")],
)
def test_what_ordering_a_batch_may_bring(post: Post, server: Server, number: int, code: str) -> None:
    server.lay(batch_error(number, "ticketResponse"))
    assert refusal(post.order, [TRACK]).code == f"carrier.{code}"


def test_what_fetching_a_batch_may_bring(post: Post, server: Server) -> None:
    server.lay(batch_error(6))
    assert post.collect(TICKET) is None
    server.lay(batch_error(12))
    answer = post.collect(TICKET)
    assert answer is not None and answer.histories == ()
    for number, code in [(17, "ticket_gone"), (3, "not_authorised"), (16, "fault"), (2, "refused")]:
        server.lay(batch_error(number))
        assert refusal(post.collect, TICKET).code == f"carrier.{code}"


def test_nobody_there() -> None:
    with closing(PostSingle("http://127.0.0.1:9/", LOGIN, lambda: PASSWORD, (), LIMITS, PACE)) as away:
        error = refusal(away.history, TRACK)
    assert isinstance(error, Unavailable) and error.code == "carrier.unreachable"


def test_plain_http_reaches_this_machine_only() -> None:
    with pytest.raises(Refused) as refused:
        CarrierHttps(CarrierKey.POST, "http://tracking.russianpost.ru/rtm34")
    assert refused.value.code == "carrier.insecure_address"


def test_without_a_contract_there_are_no_batches(server: Server) -> None:
    with closing(Post(PostSingle(server.url, LOGIN, lambda: PASSWORD, (), LIMITS, PACE))) as free:
        assert (free.daily, free.batches) == (100, None)
        assert refusal(free.order, [TRACK]).code == refusal(free.collect, TICKET).code == "carrier.no_batches"


def test_the_kinds_of_content_are_those_of_the_services(post: Post, server: Server) -> None:
    server.lay(Canned(history(record())))
    post.history(TRACK)
    server.lay(Canned(sample("fc_ticketResponse.xml"), kind=SOAP11))
    post.order([TRACK])
    assert server.seen[0]["Content-Type"].startswith("application/soap+xml")
    assert server.seen[1]["Content-Type"].startswith("text/xml") and server.seen[1]["SOAPAction"] == '""'
    told = etree.fromstring(server.asked[0][1])
    assert told.findtext(".//{*}password") == PASSWORD  # & and < do no harm


def test_a_history_of_another_parcel_is_nobodys(post: Post, server: Server) -> None:
    """A mixed-up reply would tell one buyer that another's parcel waits for him."""
    named = "<ItemParameters><Barcode>{}</Barcode></ItemParameters>".format
    server.lay(Canned(history(record(rest=named("14102192069353")))))
    with pytest.raises(UnreadableReply):
        post.history(TRACK)
    server.lay(Canned(history(record("1:1", rest=named("14102192069353")), record(rest=named(TRACK)))))
    assert len(post.history(TRACK).histories[0].records) == 2  # registered anew: asked about by its new number
