"""What is loaded, read and put aside before services are forked (`service_process`)."""

import gc

import aiosqlite  # noqa: F401
import holidays.countries  # noqa: F401
import uvloop  # noqa: F401

import contactcentre.__main__
import contactcentre.cli.serve  # noqa: F401
from agents_ui.shell import assets, texts

ASSETS = assets.unchanging()
NAMES = [language.name for language in texts.read().values()]  # from files of babel's own
# A service's first collection of rubbish would otherwise walk, and so copy, all of this.
gc.collect()
gc.freeze()
