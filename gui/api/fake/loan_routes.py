"""The routes of loans and settlement of the make-believe service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gui.api.fake import loan_lists, loans, settlement
from gui.api.fake.problem import Problem

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
ROOTS = ("loans", "loan-calls", "loan-calculator", "loan-documents", "loan-returns", "lenders", "shops", "settlement")
NEEDED = [  # (method, path pattern, right)
    ("GET", r"loans(/.*)?", "loans.read"),
    ("GET", r"loans/[^/]+/(buyer|questionnaire)", "loans.personal"),
    ("GET", r"loans/[^/]+/lenders", "loans.call"),
    ("GET", r"loan-calls", "loans.call"),
    ("POST", r"loan-calls/next", "loans.call"),
    ("POST", r"loans", "loans.apply"),
    ("POST", r"loan-returns/.*", "settlement.work"),
    ("POST", r"loans/[^/]+/goods/return", "loans.confirm"),
    ("GET", r"loan-calculator|lenders|shops", "loans.read"),
    ("PUT", r"loans/[^/]+/(questionnaire|purchase)", "loans.call"),
    ("POST", r"loans/[^/]+/(call(/.*)?|consent|submit|send-again|withdraw)", "loans.call"),
    ("POST", r"loans/[^/]+/accept", "loans.confirm"),
    ("POST", r"loans/[^/]+/(identity|sign|no-show|refuse|original/send)", "loans.sign"),
    ("POST", r"loans/[^/]+/(verify|fault|resign|confirm-sums|visit/.*)", "loans.work"),
    ("GET", r"settlement/.*", "settlement.read"),
    ("POST", r"settlement/.*", "settlement.work"),
]


def is_here(world: World, path: list[str]) -> None:
    """Refuse what a company without loans has not got."""
    if not world.loans:
        raise Problem(404, "loan.not_set_up", "Кредиты в этой компании не настроены.", "Loans are not set up here.")


def get(world: World, path: list[str], query: dict[str, str]) -> Json:
    is_here(world, path)
    match path:
        case ["loans"]:
            return loan_lists.listed(world, query)
        case ["loans", "board"]:
            return loan_lists.board(world)
        case ["loans", "problems"]:
            return loan_lists.problems(world)
        case ["loans", name]:
            return loans.card(world, loans.found(world, name))
        case ["loans", name, "buyer"]:
            record = loans.found(world, name)
            world.revealed.append(name)
            return {"name": record.name, "phone": record.phone, "remark": record.remark}
        case ["loans", name, "questionnaire"]:
            return loans.sheet(loans.found(world, name))
        case ["loans", name, "lenders"]:
            return loans.fits(loans.found(world, name))
        case ["loan-calls"]:
            return loans.queue(world)
        case ["loan-calculator"]:
            return loan_lists.quotes(query)
        case ["lenders"]:
            return loan_lists.lenders()
        case ["shops"]:
            return loan_lists.shops()
        case ["settlement", "statements"]:
            return settlement.listed(world, query)
        case ["settlement", "statements", name]:
            return settlement.detail(world, settlement.found(world, name))
        case ["settlement", "statements", name, "lines"]:
            return settlement.lines(world, settlement.found(world, name), query)
        case ["settlement", "balances"]:
            return settlement.balances(world, query)
        case ["settlement", "period"]:
            return settlement.look(world)
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def put(world: World, path: list[str], body: Json, wanted: int | None) -> Json:
    is_here(world, path)
    match path:
        case ["loans", name, "questionnaire"]:
            record = loans.found(world, name)
            loans.check(record, wanted, paper=False)
            return loans.save(world, record, body)
        case ["loans", name, "purchase"]:
            record = loans.found(world, name)
            loans.check(record, wanted, paper=False)
            return loans.purchase(world, record, body)
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def post(world: World, path: list[str], body: Json, wanted: int | None) -> Json:
    is_here(world, path)
    match path:
        case ["loan-calls", "next"]:
            return loans.next_call(world)
        case ["loans"]:
            return loans.take_in(world, body)
        case ["loan-returns", name, "draft"]:
            return loans.draft_return(world, name)
        case ["loan-documents"]:
            return loans.add_document(world, body)
        case ["settlement", "period"]:
            return settlement.begin(world, body)
        case ["settlement", "period", "stop"]:
            return settlement.stop(world)
        case ["settlement", "statements", name, action]:
            return settlement.act(world, name, action, body, wanted)
        case ["loans", name, *parts]:
            record, action = loans.found(world, name), "/".join(parts)
            loans.check(record, wanted, paper=action in ("identity", "goods/return") or action in loans.PAPERS)
            if action in loans.STEPS:
                return loans.STEPS[action](world, record, body)
            if action in loans.PAPERS:
                return loans.paper_step(world, record, action, body)
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")
