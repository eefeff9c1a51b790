"""One round of asking a bank, and one file of 1C: what the commands do by hand and the service all the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.bank import archive, inbox
from gateway.bank.channel import Channel, Prover
from gateway.bank.formats.clientbank import ClientBankFile
from gateway.bank.formats.clientbank_statement import is_statement
from gateway.core.authority import Actor
from gateway.flows.from_1c import Imported, take_file
from gateway.flows.paid_to_pick import Taken
from gateway.flows.pay_out_1c import OrdersTaken, take_orders
from gateway.flows.take_file import EXCHANGE, FILES, FileTaken, take_statement
from gateway.flows.take_message import take_message
from gateway.flows.terms import Terms
from gateway.onec.incoming import Incoming
from gateway.onec.model_documents import CommerceML
from gateway.onec.payment_orders import PaymentOrders, of_client_bank
from gateway.store import Store, idempotency


@dataclass
class Round:
    """What one poll brought.

    Attributes:
        taken: (message, what it held) of each message that was taken, older unfinished ones included.
    """

    polled: inbox.Polled
    taken: list[tuple[archive.Message, Taken]] = field(default_factory=list)


def bank_round(
    store: Store,
    terms: Terms,
    channel: Channel,
    *,
    told: Callable[[], None] = lambda: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Round:
    """Bring new files in, then take every message of this channel that is not finished.

    Args:
        told: called after each commit that may have given somebody work.
        stopped: asked between steps; what is left is taken up by the next round.

    Raises:
        Unavailable: the database is away. What the bank does is in the answer.
    """
    done = Round(inbox.poll(store, channel, stopped=stopped))
    provers: dict[str, Prover] = {channel.name: channel, FILES.name: FILES}
    for message in archive.waiting(store):
        prover = provers.get(message.channel)  # a file whose import was interrupted is finished here too
        if prover is None or stopped():
            continue
        if message.state == "stored":
            reply = archive.raw_reply(store, message.id)
            if inbox.prove(store, prover, message.id, reply) is not None:
                continue
        taken = take_message(store, terms, prover, message.id, progress=lambda _: told(), stopped=stopped)
        done.taken.append((message, taken))
        told()
    return done


def take_onec(
    store: Store, terms: Terms, incoming: Incoming, actor: Actor = EXCHANGE
) -> Imported | FileTaken | OrdersTaken | None:
    """Take one file in, of 1C or of a bank; None when these very bytes of 1C were taken before.

    A file of 1C that does not say when it was made is taken each time: equal bytes may well be a new count of the
    stock.

    Args:
        actor: who brought a statement, or payment orders.

    Raises:
        Refused: `authority.missing`.
        Corrupt: a statement that breaks off.
        Unavailable: the database is away.
    """
    if isinstance(incoming.content, PaymentOrders):
        return take_orders(store, terms, incoming.content, actor)
    text = incoming.content
    if isinstance(text, ClientBankFile) and text.documents and not is_statement(text):
        return take_orders(store, terms, of_client_bank(text), actor)
    if not isinstance(incoming.content, CommerceML):
        return take_statement(store, terms, incoming.data, incoming.name, actor)
    dated = incoming.content.made_at is not None
    with store.unit() as unit:
        if dated and idempotency.earlier(unit, "onec.file", incoming.sha256, incoming.kind) is not None:
            return None
    done = take_file(store, terms, incoming.content)
    if not dated:
        return done
    with store.unit() as unit:
        result = {"orders": done.orders, "invoices": done.invoices, "products": done.products}
        idempotency.remember(unit, "onec.file", incoming.sha256, incoming.kind, result)
        unit.commit()
    return done
