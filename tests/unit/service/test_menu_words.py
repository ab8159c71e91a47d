"""The sample's words: a queue is called what the caller has heard in the menu."""

from pathlib import Path

import pytest
import yaml

from contactcentre.features.prompts.document import catalogue

pytestmark = pytest.mark.unit

MATTERS = ("benefits", "documents", "taxes", "municipal", "eservices")


def test_queues_are_called_as_in_the_menu(root: Path) -> None:
    """In every language, for the agent reads the one and the caller hears the other."""
    network = yaml.safe_load((root / "config" / "seed" / "network.yaml").read_text())
    flow = yaml.safe_load((root / "config" / "flows" / "hotline.yaml").read_text())
    labels = {queue["queue_id"]: queue["labels"] for queue in network["queues"]}
    for language, texts in catalogue(root / "config" / "prompts").items():
        said = " ".join(texts["menu.matter"].split()).lower()
        assert [one for one in MATTERS if labels[one][language].lower() not in said] == []
    for matter in MATTERS:
        assert {**labels[matter], **flow["labels"][matter]} == labels[matter]
