"""What the commands have in common: words, exit statuses and times."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from contactcentre.cli import console

pytestmark = pytest.mark.unit


def raising(error: Exception) -> Callable[[], None]:
    """Work that ends with this error."""

    async def work() -> None:
        raise error

    return work


async def test_what_was_asked_for_is_on_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And a command that went well says nothing beside it."""

    async def work() -> None:
        console.say("60000100")

    assert await console.exit_status(work(), ValueError) == 0
    assert capsys.readouterr() == ("60000100\n", "")


async def test_a_fault_is_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error and in the status of the command's choice."""
    work = raising(ValueError("queue: no such"))
    assert await console.exit_status(work(), ValueError) == 1
    assert await console.exit_status(work(), LookupError, ValueError, otherwise=2) == 2
    assert capsys.readouterr() == ("", "queue: no such\nqueue: no such\n")


async def test_an_error_that_the_command_does_not_know_is_not_hidden() -> None:
    """It is our fault, so it comes up as it is."""
    with pytest.raises(LookupError):
        await console.exit_status(raising(LookupError("ours"))(), ValueError)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ConnectionRefusedError(111, "refused by 10.0.0.1"),
            "the database does not answer as it should (ConnectionRefusedError): "
            "see CC_DATABASE_URL, then run: contactcentre migrate\n",
        ),
        (FileNotFoundError(2, "No such file", "week.json"), "week.json: No such file\n"),
    ],
)
async def test_what_is_away_is_told_with_what_to_do(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database by the kind of the error alone, a file by its name."""
    assert await console.exit_status(raising(error)(), ValueError, otherwise=2) == 1
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-31", datetime(2026, 1, 30, 22, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 21, tzinfo=UTC)),
        ("2026-01-31T08:00", datetime(2026, 1, 31, 6, tzinfo=UTC)),
        ("2026-01-31T08:00+00:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_latvian(text: str, utc: datetime) -> None:
    """A date is its midnight there; a zone that is given counts."""
    assert console.moment(text, "--from") == utc.timestamp()


def test_what_is_no_time_is_told_with_its_option() -> None:
    """And with one that would do."""
    with pytest.raises(console.BadTime, match=r"--until: 'tomorrow' is no date such as 2026-01-31"):
        console.moment("tomorrow", "--until")


@pytest.mark.parametrize("text", ["2026-03-29T03:00", "2026-03-29T03:59:59"])
def test_the_hour_that_spring_leaves_out_is_no_time(text: str) -> None:
    """Nobody meant the hour before it, or after it: they are asked."""
    with pytest.raises(console.BadTime, match=rf"--from: '{text}' does not exist in Latvia"):
        console.moment(text, "--from")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-29T02:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T04:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-03-29T03:30+02:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2026-10-25T03:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_times_around_it_are(text: str, utc: datetime) -> None:
    """And so is one with a zone; of autumn's hour that comes twice, the first."""
    assert console.moment(text, "--from") == utc.timestamp()


def test_people_read_latvian_time() -> None:
    """To the minute."""
    assert console.local(datetime(2026, 7, 1, 5, 30, tzinfo=UTC).timestamp()) == "2026-07-01 08:30"
