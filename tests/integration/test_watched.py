"""What Prometheus and Grafana are given: it names no figure that the hotline does not have."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
import yaml

from contactcentre import paths
from contactcentre.app import availability
from contactcentre.app.service import running
from contactcentre.settings import Settings
from contactcentre.storage import database

pytestmark = pytest.mark.integration

RULES, DASHBOARD = "deploy/prometheus/contactcentre.rules.yml", "deploy/grafana/contactcentre.json"
NAME = re.compile(r"\bcontactcentre_\w+")
PARTS = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


def rules(root: Path) -> list[dict[str, object]]:
    """All alerts."""
    groups = yaml.safe_load((root / RULES).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions(root: Path) -> Iterator[str]:
    """Everything that is asked of Prometheus."""
    yield from (str(rule["expr"]) for rule in rules(root))
    for panel in json.loads((root / DASHBOARD).read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


async def test_what_is_watched_is_measured(
    root: Path, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """Every name in the alerts and on the dashboard is one of /metrics, as Prometheus keeps it."""
    ports = ("port", "agi_port", "ami_port", "sip_port", "sip_websocket_port")
    settings = Settings.model_validate(
        {"home": tmp_path, "cache": tmp_path, **{name: free_port() for name in ports}}
    )
    await database.migrate(settings.database)
    file = paths.availability(settings)
    availability.write(file, availability.read(file).after(1.0, None))
    async with (
        running(settings),
        aiohttp.ClientSession() as client,
        client.get(f"{settings.panel_origin}/metrics") as answer,
    ):
        text = await answer.text()
    kinds = re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M)
    there = {f"{name.removesuffix('_total')}{end}" for name, kind in kinds for end in PARTS[kind]}
    asked = {name for one in expressions(root) for name in NAME.findall(one)}
    assert asked - there == set()
    assert len(asked) > 25


def test_every_alert_tells_what_it_is(root: Path) -> None:
    """A name of its own, how urgent, and a sentence."""
    there = rules(root)
    assert len({rule["alert"] for rule in there}) == len(there) > 15
    for rule in there:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
        assert list(rule["annotations"]) == ["summary"]  # type: ignore[call-overload]


@pytest.mark.skipif(not shutil.which("promtool"), reason="Prometheus is not installed")
def test_prometheus_takes_the_rules(root: Path) -> None:
    """As its own tool says."""
    checked = ["promtool", "check", "config", root / "deploy/prometheus/prometheus.yml"]
    done = subprocess.run(checked, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
