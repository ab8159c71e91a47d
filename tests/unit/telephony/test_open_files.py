"""How many files the parts may have open, and who goes short where the system allows too few."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from contactcentre.telephony import open_files

pytestmark = pytest.mark.unit

TELL = """
import resource
from contactcentre.telephony import open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (200, 1000))
print(open_files.raise_to(500), open_files.raise_to(100), open_files.raise_to(5000))
"""


def test_a_process_allows_itself_what_it_needs(root: Path) -> None:
    """As far as the system lets it; never less than it has."""
    told = subprocess.run([sys.executable, "-c", TELL], cwd=root, capture_output=True, check=True)  # noqa: S603
    assert told.stdout.split() == [b"500", b"500", b"1000"]


def test_what_is_needed_is_divided_without_rest() -> None:
    """With as much as is needed each part has what was configured."""
    assert open_files.left_for_sockets(open_files.of_service(2000, 4000), 2000) == 4000
    assert open_files.left_for_calls(open_files.of_asterisk(4000, 4000), 4000) == 4000


def test_calls_come_first() -> None:
    """The panel goes short, but not without; the limit is what the system says."""
    assert open_files.left_for_sockets(8192, 2000) == (8192 - 4050 - 500) // 2
    assert open_files.left_for_sockets(4096, 2000) == 512
    assert open_files.limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[1]
