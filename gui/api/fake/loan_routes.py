"""The routes of loans and settlement of the make-believe service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gui.api.fake import lenders, loan_lists, loans, settlement, shops
from gui.api.fake.problem import Problem

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
ROOTS = ("loans", "loan-calls", "loan-calculator", "loan-documents", "loan-returns", "lenders", "shops",
         "loan-terms", "settlement")  # fmt: skip
NEEDED = [  # (method, path pattern, right)
    ("GET", r"loans(/.*)?", "loans.read"),
    ("GET", r"loans/[^/]+/(buyer|questionnaire)", "loans.personal"),
    ("GET", r"loans/[^/]+/lenders", "loans.call"),
    ("GET", r"loan-calls", "loans.call"),
    ("POST", r"loan-calls/next", "loans.call"),
    ("POST", r"loans", "loans.apply"),
    ("POST", r"loan-returns/.*", "settlement.work"),
    ("POST", r"loans/[^/]+/goods/return", "loans.confirm"),
    ("GET", r"loan-calculator|shops", "loans.read"),
    ("PUT", r"loans/[^/]+/(questionnaire|purchase)", "loans.call"),
    ("POST", r"loans/[^/]+/(call(/.*)?|consent|submit|send-again|withdraw)", "loans.call"),
    ("POST", r"loans/[^/]+/accept", "loans.confirm"),
    ("POST", r"loans/[^/]+/(identity|sign|no-show|refuse|original/send)", "loans.sign"),
    ("POST", r"loans/[^/]+/(verify|fault|resign|confirm-sums|visit/.*|goods/release)", "loans.work"),
    ("POST", r"loans/[^/]+/goods/ship", "loans.confirm"),
    ("POST", r"loans/[^/]+/goods/deliver", "loans.sign"),
    ("GET", r"shops/[^/]+|loan-terms", "loans.read"),
    ("POST", r"(shops|loan-terms)(/.*)?", "shops.manage"),
    ("PUT", r"shops/[^/]+", "shops.manage"),
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
        case ["loans", "ageing"]:
            return lenders.ageing(world, query)
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
            return lenders.lenders(world)
        case ["lenders", "calls"]:
            return lenders.calls(world)
        case ["shops"]:
            return shops.listed(world, query)
        case ["shops", name]:
            return shops.detail(world, name)
        case ["loan-terms"]:
            return shops.terms(world)
        case ["settlement", "statements"]:
            return settlement.listed(world, query)
        case ["settlement", "statements", name]:
            return settlement.detail(world, settlement.found(world, name))
        case ["settlement", "statements", name, "lines"]:
            return settlement.lines(world, settlement.found(world, name), query)
        case ["settlement", "lines"]:
            return settlement.waiting_lines(world, query)
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
        case ["shops", name]:
            return shops.amend(world, name, body, wanted)
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
        case ["loan-returns", name, "waive"]:
            return loans.waive_return(world, name, body)
        case ["lenders", lender, "ask"]:
            return lenders.ask(world, lender)
        case ["loan-documents"]:
            return loans.add_document(world, body)
        case ["shops", *parts]:
            return shops.post(world, parts, body, wanted)
        case ["loan-terms", kind]:
            return shops.set_terms(world, kind, body)
        case ["settlement", "period"]:
            return settlement.begin(world, body)
        case ["settlement", "period", "stop"]:
            return settlement.stop(world)
        case ["settlement", *parts] if parts[-1] in ("take-back", "charges", "corrections"):
            return settlement.by_hand(world, parts, body)
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
