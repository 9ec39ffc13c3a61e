"""A listing's form values as plain data and back: what a version keeps and a revision proposes.

Pure. The kind's frozen dataclass says what there is; enumerations are kept by their codes, days
as ISO dates, rows of a form as lists. What a later program no longer knows is left out when it is
read, what it asks for in addition has its default: old versions stay readable.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

_OPTIONS = (typing.Union, types.UnionType)


_KNOWN: dict[type[Any], Mapping[str, Any]] = {}


def _shapes(kind: type[Any]) -> Mapping[str, Any]:
    """The names and types of a dataclass's values, looked up once."""
    if kind not in _KNOWN:
        hints = typing.get_type_hints(kind)
        _KNOWN[kind] = {field.name: hints[field.name] for field in fields(kind)}
    return _KNOWN[kind]


def names(kind: type[Any]) -> tuple[str, ...]:
    """The names of a dataclass's values, in the order in which they are asked."""
    return tuple(_shapes(kind))


def read(subject: Any, kind: type[Any]) -> Any:
    """The values of ``kind`` as they stand in the attributes of ``subject``."""
    return kind(
        **{name: _of(getattr(subject, name), shape) for name, shape in _shapes(kind).items()}
    )


def _of(value: Any, shape: Any) -> Any:
    """Rows become the dataclass of their row; anything else stays."""
    row = _row_of(shape)
    return value if row is None else tuple(read(one, row) for one in value or ())


def _row_of(shape: Any) -> Any:
    inner = typing.get_args(shape)[:1] if typing.get_origin(shape) in {tuple, list} else ()
    row: Any = inner[0] if inner and is_dataclass(inner[0]) else None
    return row


def encode(values: Any) -> dict[str, Any]:
    """The values as JSON can hold them."""
    return {field.name: _plain(getattr(values, field.name)) for field in fields(values)}


def _plain(value: Any) -> Any:
    match value:
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case list() | tuple() | set() | frozenset():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value):
            return encode(value)
    return value


def decode(kind: type[Any], kept: Mapping[str, Any]) -> Any:
    """The dataclass of what ``encode`` made."""
    shapes = _shapes(kind)
    return kind(**{name: _back(kept[name], shapes[name]) for name in shapes if name in kept})


def _back(value: Any, shape: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(shape) in _OPTIONS:
        (shape,) = [inner for inner in typing.get_args(shape) if inner is not type(None)][:1]
    if typing.get_origin(shape) in {tuple, list, frozenset, set}:
        inner = typing.get_args(shape)[0]
        return typing.get_origin(shape)(_back(one, inner) for one in value)
    if not isinstance(shape, type):
        return value
    if issubclass(shape, StrEnum):
        return shape(value)
    if issubclass(shape, date):
        return shape.fromisoformat(value)
    return decode(shape, value) if is_dataclass(shape) else value


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names under which two kept texts differ, in the order of the later one."""
    every = dict.fromkeys([*after, *before])
    return [name for name in every if before.get(name) != after.get(name)]
