"""Whether what was parsed means what was sent, and is of the types that its annotations promise."""

import functools
import types
import typing
from datetime import datetime
from uuid import UUID

import attrs
from pandaprobe_evals_api import models
from pandaprobe_evals_api.types import Unset


def written(value):
    """What a parsed answer is written out as."""
    if isinstance(value, list):
        return [written(item) for item in value]
    return value.to_dict() if attrs.has(type(value)) else value


def same(sent, written):
    """Whether JSON means the same: times by their moment, ids by their value, numbers by theirs."""
    if isinstance(sent, dict) and isinstance(written, dict):
        return sent.keys() == written.keys() and all(same(sent[name], written[name]) for name in sent)
    if isinstance(sent, list) and isinstance(written, list):
        return len(sent) == len(written) and all(map(same, sent, written))
    if isinstance(sent, str) and isinstance(written, str) and sent != written:
        return _meant(sent) == _meant(written) is not None
    return sent == written and (type(sent) is type(written) or (_is_number(sent) and _is_number(written)))


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _meant(text):
    for read in (datetime.fromisoformat, UUID):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def wrong_types(value, where=""):
    """Attributes of generated models that are not what their annotations say."""
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in wrong_types(item, f"{where}[{index}]")]
    if not attrs.has(type(value)):
        return []
    found = []
    for name, hint in _hints(type(value)).items():
        item = getattr(value, name)
        if not _fits(item, hint):
            found.append(f"{where}.{name} is {item!r}, not {hint}")
        found += wrong_types(item, f"{where}.{name}")
    return found


@functools.cache
def _hints(kind):
    generated = next(cls for cls in kind.__mro__ if cls.__module__.startswith("pandaprobe_evals_api"))
    return typing.get_type_hints(generated, localns={**_models(), "Any": typing.Any, "Unset": Unset})


@functools.cache
def _models():
    """Every generated class by its name, whether it is loaded yet or not."""
    return {name: getattr(models, name) for name in models.__all__}


def _fits(value, hint):
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any:
        return True
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in arguments)
    if origin is typing.Literal:
        return value in arguments
    if origin is list:
        return isinstance(value, list) and all(_fits(item, arguments[0]) for item in value)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(item, arguments[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(item, arguments[1]) for item in value.values())
    if hint is float:
        return _is_number(value)
    return isinstance(value, hint) and (hint is not int or not isinstance(value, bool))
