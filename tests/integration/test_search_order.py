"""The same query finds the same cards after every start, whatever the order of sets is in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

# Forty words are as near to the one that was typed, and twenty are looked at.
ASKED = """
from contactcentre.features.catalogue.vocabulary import Vocabulary
letters = "abdefghiklmnoprstuvz"
terms = [f"dekl{one}{two}acija" for one in letters[:2] for two in letters]
print(sorted(Vocabulary(terms).alike("deklaracja").items()))
"""


def test_the_words_that_are_looked_at_are_the_same_at_each_start(root: Path) -> None:
    """Which of too many."""
    found = {
        subprocess.run(  # noqa: S603 - the command is ours
            [sys.executable, "-c", ASKED],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in range(6)
    }
    assert len(found) == 1
    assert found != {"[]\n"}
