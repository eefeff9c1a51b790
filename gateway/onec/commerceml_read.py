"""CommerceML 2.03–2.10 and 3.1 → facts.

The reader is tolerant on purpose: of eight published samples only three satisfy the schema, and files of live
configurations break it by the thousand. It never validates input against a schema, never resolves an entity and never
touches the network. A single bad product, offer or document is reported with its line and left out; a file that is
not whole (cut off, not well-formed) is refused as a whole, before anything is handed on.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW
from gateway.core.encoding import Decoded, broken_at_the_end, decode_xml
from gateway.core.problem import Problem
from gateway.onec.commerceml_goods import GoodsReader
from gateway.onec.commerceml_orders import document
from gateway.onec.commerceml_values import FRAGMENT, Unreadable, moment
from gateway.onec.commerceml_xml import ROOT, Node, Piece, stream
from gateway.onec.model import Extra
from gateway.onec.model_documents import CommerceML, OrderDocument

MAX_PROBLEMS = 1000

_PACKAGES = ("ПакетПредложений", "ИзмененияПакетаПредложений")


def read(data: bytes, zone: ZoneInfo = MOSCOW) -> CommerceML:
    """One file.

    Args:
        data: its bytes.
        zone: where 1C works; its files give local time.

    Raises:
        Refused: `onec.file_empty`, `onec.encoding_unknown`, `onec.encoding_unreadable`, `onec.xml_dtd`,
            `onec.xml_truncated`, `onec.xml_broken`, `onec.xml_other_root`.
    """
    if broken_at_the_end(data):
        # the reader shall say where it breaks off, not that its encoding is odd
        decoded = Decoded(data.decode("utf-8", errors="ignore"), "utf-8", "", False)
    else:
        decoded = decode_xml(data)
    reader = _FileReader(decoded, zone)
    for piece in stream(decoded.text):
        reader.take(piece)
    return reader.result()


class _FileReader:
    """Sorts the pieces of one file to those who read them."""

    def __init__(self, decoded: Decoded, zone: ZoneInfo) -> None:
        self._decoded = decoded
        self._zone = zone
        self._problems: list[Problem] = []
        self._goods = GoodsReader(self._problems)
        self._documents: list[OrderDocument] = []
        self._extras: list[Extra] = []
        self._version = ""
        self._made = ""
        self._double_escaped: list[tuple[int, str]] = []
        if decoded.differs:
            values = {"declared": decoded.declared, "encoding": decoded.encoding}
            self._problems.append(Problem(1, "onec.encoding_differs", values, "", False))

    def take(self, piece: Piece) -> None:
        name = piece.path[-1]
        node = piece.node
        if name == "Товар":
            self._goods.product(node)
        elif name == "Предложение":
            self._goods.offer(node)
        elif name == "Документ":
            self._document(node, piece.container)
        elif name == "Классификатор":
            self._goods.classifier(node)
        elif name == "Каталог":
            self._goods.catalogue(node)
        elif name in _PACKAGES:
            self._goods.package(node)
        elif name == ROOT:
            self._version = node.attribute("ВерсияСхемы")
            self._made = node.attribute("ДатаФормирования")
            self._extras.extend(node.rest())
        else:
            self._unknown(node)
        self._double_escaped.extend(node.double_escaped)

    def _document(self, node: Node, container: int) -> None:
        try:
            self._documents.append(document(node, self._zone, container, self._problems))
        except Unreadable as error:
            self._problems.append(error.problem(node.peek("Номер") or node.peek("Ид"), skipped=True))

    def _unknown(self, node: Node) -> None:
        rest = node.rest()
        self._extras.extend(Extra(f"{node.name}/{extra.path}", extra.text) for extra in rest)
        if rest and node.name != "Контейнер":
            self._problems.append(Problem(node.line, "onec.section_unknown", {"section": node.name}, "", False))

    def result(self) -> CommerceML:
        made_at = moment(self._made, self._zone) if self._made else None
        if self._made and made_at is None:
            self._problems.append(Problem(1, "onec.made_at_unreadable", {"text": self._made[:40]}, "", False))
        if self._double_escaped:
            line, text = self._double_escaped[0]
            values = {"count": str(len(self._double_escaped))}
            self._problems.append(Problem(line, "onec.double_escaped", values, text[:FRAGMENT], False))
        catalogue = self._goods.result_catalogue()
        return CommerceML(
            version=self._version,
            made_at=made_at,
            encoding=self._decoded.encoding,
            catalogue=catalogue,
            stock=self._goods.result_stock(made_at),
            documents=tuple(self._documents),
            problems=shortened(self._problems),
            extras=tuple(self._extras),
        )


def shortened(problems: list[Problem]) -> tuple[Problem, ...]:
    """The problems in the file's order; beyond `MAX_PROBLEMS` only their number."""
    problems = sorted(problems, key=lambda problem: problem.line)
    if len(problems) <= MAX_PROBLEMS:
        return tuple(problems)
    over = problems[MAX_PROBLEMS:]
    more = Problem(
        over[0].line, "onec.more_problems", {"count": str(len(over))}, "", any(problem.skipped for problem in over)
    )
    return (*problems[:MAX_PROBLEMS], more)
