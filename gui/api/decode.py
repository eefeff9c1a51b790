"""JSON → frozen dataclasses, driven by the classes' own annotations.

A field `text: Said` is read from the pair `text_ru` / `text_en`; instants become aware datetimes, dates dates, lists
tuples. A field without a default must be there; a field the class does not know is ignored, so a newer service still
talks to an older tray. Converters are built once per class: a page of 200 payments decodes in a few milliseconds.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from gui.api.types import Said

T = TypeVar("T")
Convert = Callable[[Any], Any]


class Undecodable(ValueError):
    """The JSON does not have the shape of the class."""


def decode(kind: type[T], raw: Any) -> T:
    """`raw` as a `kind`.

    Raises:
        Undecodable: a required field is missing or has another type; the message names the field.
    """
    key: Any = kind
    return typing.cast(T, _converter(key)(raw))


@cache
def _converter(kind: Any) -> Convert:
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _optional(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin in (dict, Mapping):
        return _mapping(arguments)
    simple: dict[Any, Convert] = {
        Any: lambda value: value,
        datetime: _instant,
        date: lambda value: date.fromisoformat(value),
        str: _text,
        int: _whole,
        float: lambda value: float(value),
        bool: _flag,
    }
    if kind not in simple:
        raise TypeError(f"no converter for {kind}")
    return simple[kind]


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise Undecodable(f"{value} has no zone")
    return instant


def _text(value: Any) -> str:
    """A text; null counts as an empty one, a numeric id as its digits."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Undecodable(f"{value!r} is not a text")


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Undecodable(f"{value!r} is not a whole number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Undecodable(f"{value!r} is neither true nor false")
    return value


def _optional(arguments: tuple[Any, ...]) -> Convert:
    inner = [a for a in arguments if a is not type(None)]
    if len(inner) != 1:
        raise TypeError("only X | None is understood")
    convert = _converter(inner[0])
    return lambda value: None if value is None else convert(value)


def _tuple(arguments: tuple[Any, ...]) -> Convert:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        every = _converter(arguments[0])
        return lambda value: tuple([every(item) for item in value])
    each = [_converter(argument) for argument in arguments]

    def convert(value: Any) -> tuple[Any, ...]:
        if len(value) != len(each):
            raise Undecodable(f"{len(value)} values where {len(each)} are expected")
        return tuple(one(item) for one, item in zip(each, value, strict=True))

    return convert


def _mapping(arguments: tuple[Any, ...]) -> Convert:
    convert = _converter(arguments[1])
    return lambda value: {str(key): convert(item) for key, item in value.items()}


def _dataclass(kind: Any) -> Convert:
    hints = typing.get_type_hints(kind)
    plan: list[tuple[str, Convert | None, bool]] = []
    for field in dataclasses.fields(kind):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        is_said = hints[field.name] is Said
        plan.append((field.name, None if is_said else _converter(hints[field.name]), required))

    def convert(raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            raise Undecodable(f"{kind.__name__}: {type(raw).__name__} where an object is expected")
        values: dict[str, Any] = {}
        for name, one, required in plan:
            if one is None:
                values[name] = Said(str(raw.get(f"{name}_ru") or ""), str(raw.get(f"{name}_en") or ""))
            elif name in raw:
                try:
                    values[name] = one(raw[name])
                except (ValueError, TypeError, AttributeError) as error:
                    raise Undecodable(f"{kind.__name__}.{name}: {error}") from error
            elif required:
                raise Undecodable(f"{kind.__name__}.{name} is missing")
        return kind(**values)

    return convert
