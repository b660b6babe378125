# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

SpanKind = Literal["AGENT", "CHAIN", "EMBEDDING", "LLM", "OTHER", "RETRIEVER", "TOOL"]

SPAN_KIND_VALUES: set[SpanKind] = {
    "AGENT",
    "CHAIN",
    "EMBEDDING",
    "LLM",
    "OTHER",
    "RETRIEVER",
    "TOOL",
}


def check_span_kind(value: str) -> SpanKind:
    if value in SPAN_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SPAN_KIND_VALUES!r}")
