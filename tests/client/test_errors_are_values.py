"""Errors are values: they take only the keywords they have, and come back whole from a pickle or a copy."""

import copy
import pickle
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from pandaprobe_evals import errors


def _family(kind: type[errors.PandaProbeError]) -> Iterator[type[errors.PandaProbeError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _family(child)


KINDS = sorted(set(_family(errors.PandaProbeError)), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS)
def test_a_misspelt_keyword_is_a_type_error(kind: type[errors.PandaProbeError]) -> None:
    assert is_dataclass(kind)
    for name in ("statsu", *(f"{one.name}_" for one in fields(kind))):
        with pytest.raises(TypeError, match=name):
            kind("x", **{name: None})  # type: ignore[arg-type]  # a name that is not there


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_pickles_and_copies_hold_everything(kind: type[errors.PandaProbeError], again) -> None:
    error = kind("it failed", seconds=1.5, operation="get_run", method="GET", path="/x", request_id="r-1")
    other = again(error)
    assert type(other) is kind
    assert str(other) == str(error)
    for one in fields(kind):
        assert getattr(other, one.name) == getattr(error, one.name), one.name
