"""The call that tries the hotline, on a real Asterisk."""

import pytest

from contactcentre import paths
from contactcentre.app import availability
from contactcentre.cli import synthetic
from contactcentre.cli.command import work
from contactcentre.telephony.synthetic import ENDPOINT
from lab.hotline import Rehearsal
from lab.telephone import CallRefused

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]


async def test_the_hotline_is_tried(hotline: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    """The greeting is heard while the service runs, and not without it; both are counted, neither
    as a citizen's call, and no stranger can ring that way."""
    settings = hotline.settings
    assert await work(synthetic.app, [], settings) == 1
    assert "the greeting is not heard" in capsys.readouterr().err
    await hotline.start_service()
    assert await work(synthetic.app, [], settings) == 0
    assert "the greeting is heard after" in capsys.readouterr().out
    figures = await hotline.figures()
    async with hotline.telephone("127.0.0.1") as stranger:
        with pytest.raises(CallRefused, match="401"):
            await stranger.call("s", ENDPOINT)
    assert (figures["synthetic_calls"], figures["synthetic_failures"]) == (2, 1)
    assert 0 < figures["synthetic_greeting_seconds"] < 5
    assert figures["agi_requests"] == 1
    assert not [name for name in figures if name.startswith(("calls{", "calls_ended_total{"))]
    assert await hotline.sql("SELECT * FROM contacts") == []
    assert availability.read(paths.availability(settings)).calls == 2
