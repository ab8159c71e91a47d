"""The command `simulate`: theory, scenarios, and documents that cannot be used."""

import json
from pathlib import Path

import msgspec
import pytest

from contactcentre.__main__ import main
from contactcentre.settings import ROOT
from contactcentre.whatif.simulation import scenario, theory
from contactcentre.whatif.simulation.scenario import BadScenario, Run, Scenario

pytestmark = pytest.mark.integration

SCENARIOS = ROOT / "config" / "scenarios"
SMALL = """
title: Small
runs:
  - name: three
    agents: 3
    load: [{hours: 1, calls_per_hour: 60}]
    matters: [{handling: {mean_s: 120}}]
    patience: {mean_s: 60, law: exponential}
"""


def test_the_engine_behaves_as_erlang_says() -> None:
    """Each figure is within four standard errors of theory, and the errors are small."""
    check = theory.check(calls=60_000)
    for figure in [*check.erlang_c.values(), *check.erlang_a.values()]:
        assert figure.error < 2 * figure.confidence_95
    assert check.erlang_c_error < 0.12
    assert check.erlang_a_error < 0.05
    assert check.as_json()["erlang_c_error"] == check.erlang_c_error


def test_a_worse_engine_would_be_found_out() -> None:
    """One agent too few moves every figure far beyond what the check forgives."""
    as_meant = theory.OfferedLoad(agents=5, rate=5 * 0.7 / 240, handling_s=240)
    too_few = theory.OfferedLoad(agents=4, rate=as_meant.rate, handling_s=240)
    for name, value in theory.erlang_c(as_meant).items():
        assert abs(theory.erlang_c(too_few)[name] / value - 1) > 10 * theory.TOLERANCE


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_of_the_house_can_be_read(path: Path) -> None:
    """And says what it is."""
    assert scenario.read(path).title


def _shortened(name: str, hours: float) -> dict[str, Run]:
    document: Scenario = scenario.read(SCENARIOS / f"{name}.yaml")
    return {
        run.name: msgspec.structs.replace(
            run, load=tuple(msgspec.structs.replace(part, hours=hours) for part in run.load)
        )
        for run in document.runs
    }


@pytest.mark.parametrize("free", [30, 40, 60])
def test_alone_a_centre_answers_at_once_the_free_share_less_its_load(free: int) -> None:
    """The domain's table 9.4 for 83 centres: 24, 34 and 54 %."""
    found = scenario.simulate(_shortened("pooling", 60)[f"alone, free {free} %"])
    assert found.tally.answered_at_once == pytest.approx(free / 100 - 0.06, abs=0.025)
    assert len(found.centres) == 83


@pytest.mark.parametrize(
    ("name", "least"), [("pooled, free 30 %", 0.999), ("home first, free 40 %", 0.97)]
)
def test_the_network_answers_together_what_centres_can_not_alone(name: str, least: float) -> None:
    """Practically everybody within 30 s, even where the home centre is asked first."""
    level = scenario.simulate(_shortened("pooling", 20)[name]).tally.level
    assert level.service_level is not None
    assert level.service_level > least


def test_the_same_seed_gives_the_same_day() -> None:
    """And another seed another one."""
    run = scenario.parse(SMALL, name="small").runs[0]
    again = msgspec.structs.replace(run, seed=run.seed + 1)
    assert scenario.simulate(run) == scenario.simulate(run)
    assert scenario.simulate(run) != scenario.simulate(again)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("agents: 3", "agnts: 3", r"small: .*unknown field `agnts` - at `\$.runs\[0\]`"),
        ("mean_s: 120", "mean_s: -1", r"> 0.*at `\$.runs\[0\].matters\[0\].handling.mean_s`"),
        ("mean_s: 120", "{mean_s: 120", r"small: line \d+, column \d+"),
        ("agents: 3", "warm_up_hours: 0", r"either `agents` or `centres`.*\$.runs\[0\]"),
        ("agents: 3", "agents: 3\n    warm_up_hours: 1", r"less than the hours"),
        ("agents: 3", "agents: 3\n    circles: [{kind: centre}]", "circle must be the network"),
        ("{handling", "{share: 0.5, handling", r"must add up to 1"),
        ("exponential", "weibull", r"`\$.runs\[0\].patience.law`"),
    ],
)
def test_a_bad_document_is_refused_with_the_place(old: str, new: str, says: str) -> None:
    """Whoever edits it is told where to look."""
    assert old in SMALL
    with pytest.raises(BadScenario, match=says):
        scenario.parse(SMALL.replace(old, new, 1), name="small")


def test_the_command_lists_the_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    """By name, with their titles."""
    assert main(["simulate"]) == 0
    assert "pooling" in capsys.readouterr().out


def test_the_command_prints_a_table_or_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document of one's own is given by its path."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert main(["simulate", str(path)]) == 0
    assert "three" in capsys.readouterr().out
    assert main(["simulate", str(path), "--json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["calls"] == run["answered"] + run["abandoned"] + run["short_abandoned"]


def test_an_unknown_scenario_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On standard error, with the code of a usage error."""
    assert main(["simulate", "strom"]) == 2
    assert "there are: burst, crisis-20x" in capsys.readouterr().err
