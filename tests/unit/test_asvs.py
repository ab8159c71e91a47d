"""The assessment by ASVS 5.0: nothing is left out, and what it points to is there."""

import re
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

TABLE = "docs/security/asvs.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (met|n/a|not met) \| (.+) \|$", re.M)
FOLDERS = "agents_ui|config|contactcentre|deploy|docs|ivr|lab|requirements|routing|scripts|tests"
FILE = re.compile(rf"`((?:{FOLDERS})/[\w./-]+)")

OF_LEVEL_2 = 253
"""Requirements of levels 1 and 2 in the standard's 5.0.0."""


def test_every_requirement_has_its_evidence(root: Path) -> None:
    """Each once, those that are met with a file that is there, and the sum at the top is right."""
    text = (root / TABLE).read_text()
    rows = ROW.findall(text)
    assert len({number for number, *_ in rows}) == len(rows) == OF_LEVEL_2
    verdicts = Counter(verdict for _, _, verdict, _ in rows)
    left = ", ".join(number for number, _, verdict, _ in rows if verdict == "not met")
    named = f": {left}" if left else ""
    summed = f"{verdicts['met']} met, {verdicts['n/a']} not applicable"
    assert f"{summed}, {verdicts['not met']} not met{named}." in text
    gone = [file for *_, evidence in rows for file in FILE.findall(evidence)]
    assert [file for file in gone if not (root / file).exists()] == []
