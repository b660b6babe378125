"""An answer is bounded, unpacked: what is larger is not read, and memory stays near the bound."""

import gzip
import json
import tracemalloc
import zlib

import pytest
from pandaprobe_evals import ContractViolation, OutcomeUnknown


def bare(data: bytes) -> bytes:
    """Deflate without zlib's header, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
    "identity": ("identity", bytes),
    "unnamed": ("", bytes),
}


@pytest.mark.parametrize("packed", PACKED)
def test_a_large_answer_is_cut_off_and_says_what_to_do(kind, canned, packed):
    name, pack = PACKED[packed]
    canned.say(200, pack(b" " * 40_000_000 + b"[]"), Content_Type="application/json", Content_Encoding=name)
    panda = kind(canned.url, max_answer_bytes=2_000_000)
    tracemalloc.start()
    with pytest.raises(ContractViolation, match=r"more than 2,000,000 bytes.*page_size=.*max_answer_bytes="):
        panda.session_metrics.list()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    assert len(canned.seen) == 1
    with pytest.raises(OutcomeUnknown):
        panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"], deadline=0.6)


@pytest.mark.parametrize("packed", PACKED)
def test_a_packed_answer_is_read(kind, canned, packed):
    name, pack = PACKED[packed]
    canned.say(200, pack(json.dumps([]).encode()), Content_Type="application/json", Content_Encoding=name)
    assert kind(canned.url).session_metrics.list() == []
    assert canned.seen[0][2]["Accept-Encoding"] == "gzip, deflate"
