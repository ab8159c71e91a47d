"""Spans at a collector: over HTTP, in OpenTelemetry's own words, and never in anybody's way."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from contactcentre.app.tracing import collector as collector_at
from contactcentre.core.events import CallerHungUp
from contactcentre.engine.consumer import changes_of
from contactcentre.features.traces.exporter import Exporter
from contactcentre.testing import START, History, call_id, network, profile

pytestmark = pytest.mark.integration

SOON_S = 0.02
TOKEN = "of the tests"


class Collector:
    """Takes what the protocol's own types take, and refuses anything else."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.status = 200
        self.asked = 0

    async def take(self, request: web.Request) -> web.Response:
        """`POST /v1/traces`."""
        self.asked += 1
        assert request.content_type == "application/json"
        if request.headers["Authorization"] != f"Bearer {TOKEN}":
            return web.Response(status=401)
        if self.status == 200:
            sent = json_format.ParseDict(
                in_base64(await request.json()), ExportTraceServiceRequest()
            )
            (resource,) = sent.resource_spans
            names = {one.key: one.value.string_value for one in resource.resource.attributes}
            assert names == {"service.name": "contactcentre"}
            (scope,) = resource.scope_spans
            self.spans += scope.spans
        return web.Response(status=self.status)


def in_base64(sent: Any) -> Any:
    """Ids as protobuf's own mapping has bytes; OpenTelemetry writes them in hexadecimal."""
    if isinstance(sent, dict):
        ids = ("traceId", "spanId", "parentSpanId")
        return {
            name: base64.b64encode(bytes.fromhex(value)).decode()
            if name in ids
            else in_base64(value)
            for name, value in sent.items()
        }
    return [in_base64(one) for one in sent] if isinstance(sent, list) else sent


@pytest.fixture
def collector() -> Collector:
    """One that works."""
    return Collector()


@asynccontextmanager
async def listening(collector: Collector, port: int) -> AsyncIterator[None]:
    """It is reached there, for as long as the block lasts."""
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    async with TestServer(app, port=port):
        yield


@asynccontextmanager
async def exporting(port: int, **given: Any) -> AsyncIterator[Exporter]:
    """It sends as soon as there is something."""
    exporter = Exporter(collector_at(f"http://127.0.0.1:{port}/v1/traces", TOKEN), **given)
    running = asyncio.create_task(exporter.run(every_s=SOON_S))
    try:
        yield exporter
    finally:
        running.cancel()
        await asyncio.wait([running])


def calls(exporter: Exporter, *numbers: int) -> None:
    """Callers of the general line who wait a second and hang up."""
    history = History(network(profile(1)))
    history.links_up()
    for number in numbers:
        history.waits(number, "")
        history.pass_s(1)
        over = CallerHungUp(at=history.at, call_id=call_id(number), cause=16)
        history.apply(over)
        exporter.note(changes_of(over, history.world))


async def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - any condition, not only an event
            await asyncio.sleep(0.01)


async def test_a_collector_takes_them(collector: Collector, free_port: Callable[[], int]) -> None:
    """As the protocol's own types read them: ids, times, kinds, attributes."""
    port = free_port()
    async with listening(collector, port), exporting(port) as exporter:
        calls(exporter, 1)
        await until(lambda: exporter.waiting == 0)
    root, menu, waiting = collector.spans
    assert [one.name for one in collector.spans] == ["call", "menu", "waiting"]
    assert {one.trace_id.hex() for one in collector.spans} == {call_id(1)}
    assert root.parent_span_id == b""
    assert menu.parent_span_id == waiting.parent_span_id == root.span_id
    assert root.kind == Span.SPAN_KIND_SERVER
    assert waiting.kind == Span.SPAN_KIND_INTERNAL
    assert waiting.start_time_unix_nano == int(START) * 10**9
    assert waiting.end_time_unix_nano - waiting.start_time_unix_nano == 10**9
    told = {one.key: one.value for one in root.attributes}
    assert told["call.outcome"].string_value == "abandoned"
    assert told["call.hold_s"].double_value == 0.0
    assert (exporter.waiting, exporter.lost) == (0, 0)


async def test_a_collector_that_is_away(collector: Collector, free_port: Callable[[], int]) -> None:
    """What happens meanwhile is noted at once and sent later; of too much, the newest."""
    port = free_port()
    async with exporting(port, most=9) as exporter:
        calls(exporter, 1, 2, 3, 4)
        await asyncio.sleep(3 * SOON_S)
        assert (exporter.waiting, exporter.lost) == (9, 3)
        async with listening(collector, port):
            await until(lambda: exporter.waiting == 0)
    assert [one.trace_id.hex() for one in collector.spans[::3]] == [call_id(n) for n in (2, 3, 4)]


@pytest.mark.parametrize(("status", "kept"), [(503, 3), (429, 3), (400, 0)])
async def test_a_collector_that_refuses(
    collector: Collector, free_port: Callable[[], int], status: int, kept: int
) -> None:
    """Who asks for patience is asked again; what nobody will ever take is dropped, and counted."""
    port = free_port()
    collector.status = status
    async with listening(collector, port), exporting(port) as exporter:
        calls(exporter, 1)
        await until(lambda: collector.asked > 0 and exporter.waiting == kept)
        collector.status = 200
        calls(exporter, 2)
        await until(lambda: exporter.waiting == 0)
    assert len(collector.spans) == 3 + kept
    assert exporter.lost == 3 - kept
