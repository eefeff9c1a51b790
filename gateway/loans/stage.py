"""How far an application has come: one word for the screens, derived from every machine's state.

заявка → решение → подписание → оригинал → деньги → магазину → закрыта, or отказ. The word names the first gap that is
still open: a loan whose money came before its paper waits for the paper.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select

from gateway.loans.model import ApplicationState
from gateway.loans.papers import FundingState, GoodsState, OriginalState, SigningState
from gateway.loans.tables import agreements, applications, shops
from gateway.settlement.model import LineKind, StatementState
from gateway.settlement.tables import lines, statement_lines, statements
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


class Stage(StrEnum):
    """Columns of the board."""

    APPLICATION = "application"
    DECISION = "decision"
    SIGNING = "signing"
    ORIGINAL = "original"
    MONEY = "money"
    SHOP = "shop"
    DONE = "done"
    ENDED = "ended"


OPEN = (Stage.APPLICATION, Stage.DECISION, Stage.SIGNING, Stage.ORIGINAL, Stage.MONEY, Stage.SHOP)
_S = ApplicationState
_BY_STATE = {
    _S.LEAD: Stage.APPLICATION,
    _S.CALLBACK: Stage.APPLICATION,
    _S.QUESTIONNAIRE: Stage.APPLICATION,
    _S.SUBMITTED: Stage.DECISION,
    _S.APPROVED: Stage.DECISION,
    _S.ACCEPTED: Stage.SIGNING,
    _S.AGREED: Stage.SIGNING,
    _S.CLOSED: Stage.DONE,
    _S.DECLINED: Stage.ENDED,
    _S.CANCELLED: Stage.ENDED,
    _S.EXPIRED: Stage.ENDED,
    _S.RETURNED: Stage.ENDED,
}
_SIGNED = (SigningState.SIGNED, SigningState.VERIFIED)
_HANDED_OVER = (GoodsState.DELIVERED, GoodsState.COMMITTED)
_PAPER_DONE = (OriginalState.ACCEPTED, OriginalState.NOT_NEEDED)


def stage_of(
    state: ApplicationState,
    signing: SigningState | None = None,
    original: OriginalState | None = None,
    funding: FundingState | None = None,
    goods: GoodsState | None = None,
    paid_to_shop: bool = False,
) -> Stage:
    """The first gap of an application.

    Args:
        signing, original, funding, goods: of its live agreement; None while there is none.
        paid_to_shop: the shop's share left our account by a proved debit.
    """
    if state is not _S.ACTIVE:
        return _BY_STATE[state]
    if goods is GoodsState.RETURNED:
        return Stage.SHOP  # what is left is money to be sent back
    if signing not in _SIGNED:
        return Stage.SIGNING  # a faulty paper is signed anew
    if original not in _PAPER_DONE:
        return Stage.ORIGINAL
    if funding is not FundingState.RECEIVED:
        return Stage.MONEY
    return Stage.DONE if paid_to_shop and goods in _HANDED_OVER else Stage.SHOP


def settlement_subject(agreement_id: str) -> str:
    """What lines of the settlement register about this agreement name as their subject."""
    return f"loan_agreement:{agreement_id}"


def is_paid_to_shop(unit: Unit, agreement_id: str) -> bool:
    """Whether the shop has its share of this agreement: a line stands, and every line about it is in a statement that
    was paid, or set off against a later one; of our own shop's, whose money is ours as it comes, always."""
    own = (
        select(shops.c.own).join(agreements, agreements.c.shop_id == shops.c.id).where(agreements.c.id == agreement_id)
    )
    if unit.connection.execute(own).scalar_one_or_none():
        return True
    found = unit.connection.execute(
        select(lines.c.gross, statements.c.state)
        .select_from(lines)
        .outerjoin(statement_lines, statement_lines.c.line_id == lines.c.id)
        .outerjoin(statements, statements.c.id == statement_lines.c.statement_id)
        .where(
            lines.c.company == unit.company,
            lines.c.subject == settlement_subject(agreement_id),
            lines.c.kind == LineKind.LOAN,
        )
    ).all()
    stands = sum(line.gross for line in found) > 0  # what was taken back is owed anew before it can be paid
    return stands and all(line.state in (StatementState.PAID, StatementState.CARRIED) for line in found)


def refresh(unit: Unit, application_id: str) -> Stage:
    """Bring an application's stored stage up to date; `stage_since` moves with it. Returns the stage."""
    row = unit.connection.execute(
        select(applications.c.state, applications.c.stage).where(
            applications.c.id == application_id, applications.c.company == unit.company
        )
    ).one()
    stage = _stage_now(unit, application_id, ApplicationState(row.state))
    if stage != row.stage:
        unit.update(applications, application_id, stage=stage.value, stage_since=unit.at)
        unit.changed("loans", application_id)
    return stage


def _stage_now(unit: Unit, application_id: str, state: ApplicationState) -> Stage:
    paper = _live(unit, application_id) if state is ApplicationState.ACTIVE else None
    if paper is None:
        return stage_of(state)
    return stage_of(
        state,
        SigningState(paper.signing),
        OriginalState(paper.original),
        FundingState(paper.funding),
        GoodsState(paper.goods),
        is_paid_to_shop(unit, paper.id),
    )


def _live(unit: Unit, application_id: str) -> AnyRow | None:
    return unit.connection.execute(
        select(
            agreements.c.id, agreements.c.signing, agreements.c.original, agreements.c.funding, agreements.c.goods
        ).where(agreements.c.application_id == application_id, agreements.c.live == 1)
    ).one_or_none()
