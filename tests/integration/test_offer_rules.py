"""What the tables say of offers: caps, municipal queues, mobiles, rests; and what they must not."""

from typing import Any

import pytest
from sqlalchemy import Table

from contactcentre.core.config.network import Network
from contactcentre.features.publication.network import OFFERS, load
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.settings import put

pytestmark = pytest.mark.integration

Change = tuple[Table, str, dict[str, object]]


async def loaded(settings: Settings, change: Change | None = None, offers: Any = None) -> Network:
    """The network after a change of a document (its table, its key, its fields)."""
    async with database.opened(settings.database) as engine:
        async with engine.begin() as connection:
            if change is not None:
                table, key, fields = change
                await documents.change(connection, table, key, **fields)
            if offers is not None:
                await put(connection, OFFERS, offers)
        return await load(engine)


def of_agent(**fields: object) -> Change:
    """A change of the agent `agent-5`."""
    return models.agents, "agent-5", fields


async def test_the_sample_has_a_cap_and_a_municipal_queue(sampled: Settings) -> None:
    """Agents answer for the municipality of their centre; places go by their ids."""
    network = await loaded(sampled)
    assert network.centres["zilupe"].afar_per_hour == 12
    assert network.queues["municipal"].level == "municipal"
    assert network.queues["municipal"].circles.circles[-1].relax.any_authority
    assert network.queues["taxes"].level == "state"
    assert network.agents["agent-1"].capability.authorities == ("jekabpils",)
    assert network.place("viesite") == ("viesite", "jekabpils", "zemgale")
    assert network.municipalities["ludza"].name == "Ludzas novads"
    assert network.regions["latgale"] == "Latgales plānošanas reģions"


async def test_rules_of_offers_are_a_setting(sampled: Settings) -> None:
    """What is left out is as it would be without."""
    network = await loaded(sampled, offers={"misses": 3, "desk_ring_s": 15})
    assert (network.offers.misses, network.offers.desk_ring_s) == (3, 15.0)
    assert network.offers.rejected_s == 10.0


async def test_an_agent_may_have_a_mobile(sampled: Settings) -> None:
    """Its number is in nothing that is printed, and is rung on no other device."""
    network = await loaded(sampled, of_agent(device="mobile", mobile="+37120000123"))
    assert network.agents["agent-5"].mobile == "+37120000123"
    assert "20000123" not in repr(network)
    network = await loaded(sampled, of_agent(device="desk"))
    assert network.device("agent-5") == ("desk", "")
    assert network.agents["agent-5"].devices == ("browser", "desk", "mobile")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"device": "mobile"}, "agent agent-5: mobile: a number"),
        ({"device": "mobile", "mobile": "20000123"}, "agent agent-5: mobile: a number"),
        ({"mobile": "20000123"}, "agent agent-5: mobile: a number"),
        ({"endpoint": "a" * 35}, "agent agent-5: endpoint: .* 34 at most"),
        ({"device": "fax"}, "agent agent-5, device: must be 'browser', 'desk' or 'mobile'"),
    ],
)
async def test_a_bad_agent_is_refused(sampled: Settings, values: Any, said: str) -> None:
    """With its place, and without the number."""
    with pytest.raises(ValueError, match=said) as refusal:
        await loaded(sampled, of_agent(**values))
    assert "20000123" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((models.centres, "ludza", {"afar_per_hour": -1}), "ludza, afar_per_hour: must be 0 to"),
        ((models.queues, "taxes", {"level": "parish"}), "taxes, level: must be 'state' or"),
    ],
)
async def test_a_bad_document_is_refused(sampled: Settings, change: Change, said: str) -> None:
    """With its place."""
    with pytest.raises(ValueError, match=said):
        await loaded(sampled, change)


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        ({"misses": 0}, "setting offers: misses: at least 1"),
        ({"rejected_s": "soon"}, "setting offers, rejected_s: must be a number"),
        ("soon", "setting offers: must be a mapping"),
        ([], "setting offers: must be a mapping"),
        ({"patience": 1}, "setting offers, patience: is not a known key"),
    ],
)
async def test_bad_rules_are_refused(sampled: Settings, offers: Any, said: str) -> None:
    """With the place and the reason."""
    with pytest.raises(ValueError, match=said):
        await loaded(sampled, offers=offers)
