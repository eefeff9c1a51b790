"""The language of templates: Jinja's `{{ macro }}`, `{% if macro %}` and a few filters, and nothing else of it.

What is not on the list of allowed nodes is refused when a text is saved: no arithmetic, no loops, no calls, no
attributes, so no text can take long or grow large, whoever wrote it. It is rendered in Jinja's sandbox all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from gateway.core.errors import Refused

MACROS: Mapping[str, str] = {
    "order": "СР-000123",
    "order_sum": "4 560.00 ₽",
    "name": "Анна",
    "track": "14102192069353",
    "cod": "4 560.00 ₽",
    "place": "в отделении",
    "office_index": "443001",
    "office": "Самара, ул. Садовая, 12",
    "keep_until": "05.12.2026",
    "days_left": "2",
    "link": "https://shop.example/t/7Yk2mQ",
    "company": "ООО «Ромашка»",
    "unsubscribe": "https://shop.example/u/7Yk2mQ",
}
"""Macros a text may name, with a value to show them by."""

FILTERS = frozenset({"upper", "lower", "capitalize", "trim", "default"})
MOST_TEMPLATE = 4_000
"""Characters of a template."""
MOST_RENDERED = 20_000
_MOST_VALUE = 300
_DEEPEST = 12
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Filter,
)
_GAPS = re.compile(r" {2,}")
_LINES = re.compile(r"\n(?: *\n){2,}")
_ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)


def check(source: str) -> frozenset[str]:
    """The macros a text names.

    Raises:
        Refused: `notify.text.long`, `notify.text.wrong` with the line, `notify.text.forbidden` with what is not
            allowed, `notify.text.macro` with the name nobody knows.
    """
    if len(source) > MOST_TEMPLATE:
        raise Refused("notify.text.long", length=len(source), most=MOST_TEMPLATE)
    named: set[str] = set()
    left: list[tuple[nodes.Node, int]] = [(_parsed(source), 0)]
    while left:
        node, depth = left.pop()
        if depth > _DEEPEST:
            raise Refused("notify.text.wrong", reason="nested too deeply", line=node.lineno)
        if strange := _strange(node):
            raise Refused("notify.text.forbidden", what=strange[:40], line=node.lineno)
        if isinstance(node, nodes.Name):
            if node.name not in MACROS:
                raise Refused("notify.text.macro", name=node.name[:40], line=node.lineno)
            named.add(node.name)
        left += [(child, depth + 1) for child in node.iter_child_nodes()]
    return frozenset(named)


def render(source: str, values: Mapping[str, str]) -> str:
    """A checked text with its macros put in; one without a value is empty.

    Args:
        values: macro → value; control characters and line ends of theirs become spaces.

    Raises:
        Refused: as `check`; `notify.text.macro` for a value nobody knows; `notify.text.long` when it grows too long.
    """
    unknown = next((name for name in values if name not in MACROS), None)
    if unknown is not None:
        raise Refused("notify.text.macro", name=unknown[:40])
    given = {name: one_line(values.get(name, ""), _MOST_VALUE) for name in MACROS}
    # What an empty macro leaves behind.
    text = _GAPS.sub(" ", _LINES.sub("\n\n", _compiled(source).render(given))).strip()
    if len(text) > MOST_RENDERED:
        raise Refused("notify.text.long", length=len(text), most=MOST_RENDERED)
    return text


def one_line(value: str, most: int) -> str:
    """A value without what could break out of its place: line ends, control and direction characters; spaces folded."""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in value[: most * 4])
    return " ".join(kept.split())[:most]


def _strange(node: nodes.Node) -> str:
    """What about a node is not allowed; "" where it is. What is left cannot fail when it is rendered."""
    if not isinstance(node, _ALLOWED):
        return type(node).__name__
    if isinstance(node, nodes.Filter):
        given = 1 if node.name == "default" else 0
        simple = len(node.args) == given and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        return "" if node.name in FILTERS and simple else f"|{node.name}"
    if isinstance(node, nodes.Const) and not isinstance(node.value, str):
        return str(node.value)[:40]
    if isinstance(node, nodes.Operand) and node.op not in ("eq", "ne"):
        return node.op
    return ""


def _parsed(source: str) -> nodes.Template:
    try:
        return _ENVIRONMENT.parse(source)
    except TemplateError as error:
        raise Refused("notify.text.wrong", reason=str(error)[:200], line=getattr(error, "lineno", 0) or 0) from None
    except RecursionError:
        raise Refused("notify.text.wrong", reason="nested too deeply", line=0) from None


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    check(source)
    return _ENVIRONMENT.from_string(source)
