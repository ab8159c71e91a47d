"""Spans in the words of OpenTelemetry: OTLP 1.x over HTTP, as JSON. Pure.

Source: the OpenTelemetry Protocol Specification ("JSON Protobuf Encoding": ids are hexadecimal,
whole numbers of 64 bits are texts) and `opentelemetry/proto/trace/v1/trace.proto`.

By hand: it is one JSON body, for which OpenTelemetry's SDK would bring nine packages and a thread.
A test reads it with the protocol's own types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from contactcentre.features.traces.spans import Span, Value

SERVICE: Final = "contactcentre"
INTERNAL, SERVER = 1, 2


def body(spans: Iterable[Span]) -> bytes:
    """An `ExportTraceServiceRequest`."""
    resource = {"attributes": _attributes({"service.name": SERVICE})}
    scope = {"scope": {"name": f"{SERVICE}.calls"}, "spans": [_span(one) for one in spans]}
    return msgspec.json.encode({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]})


def _span(one: Span) -> dict[str, Any]:
    return {
        "traceId": one.trace,
        "spanId": one.span,
        "parentSpanId": one.parent,
        "name": one.name,
        "kind": INTERNAL if one.parent else SERVER,
        "startTimeUnixNano": _nanoseconds(one.began),
        "endTimeUnixNano": _nanoseconds(one.ended),
        "attributes": _attributes({f"call.{key}": value for key, value in one.attributes.items()}),
    }


def _nanoseconds(at: float) -> str:
    """By way of microseconds: a float of today's seconds is no finer."""
    return str(round(at * 1_000_000) * 1_000)


def _attributes(named: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in named.items()]


def _value(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case _:
            return {"stringValue": value}
