"""Files under an address that names their version."""

from __future__ import annotations

import re

import pytest

from agents_ui import assets
from agents_ui.keys import ASSETS

pytestmark = pytest.mark.web


async def test_for_ever(enter, app):
    """A file under today's version may be kept for ever, and travels packed."""
    browser = await enter(None)
    answer = await browser.get(app[ASSETS]().address("css/panel.css"))
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


async def test_other_version(enter):
    """A page of another version gets today's file, but may not keep it."""
    answer = await (await enter(None)).get("/static/0123/css/panel.css")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


async def test_plain(enter, app):
    """A client that can't unpack gets the file as it is."""
    browser = await enter(None)
    address = app[ASSETS]().address("css/panel.css")
    answer = await browser.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert await answer.read() == (assets.FOLDER / "css/panel.css").read_bytes()


@pytest.mark.parametrize(
    "path",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "css/../../app.py", "/etc/passwd", "css"],
)
async def test_nothing_else(enter, path):
    """No address leads out of the folder of assets."""
    assert (await (await enter(None)).get(f"/static/x/{path}")).status == 404


def test_version_follows_content(tmp_path):
    """Any change of any file is another version; the same files are the same version."""
    (tmp_path / "a.js").write_text("1")
    first, again = assets.read(tmp_path), assets.read(tmp_path)
    (tmp_path / "a.js").write_text("2")
    assert first.version == again.version != assets.read(tmp_path).version


def test_modules_import_what_is_there():
    """Each relative import of a script leads to a file."""
    files = assets.read().files
    for path, file in files.items():
        if not path.startswith("js/"):
            continue
        for name in re.findall(r'(?:from|import)\s*\(?"(\.[^"]+)"', file.body.decode()):
            target = (assets.FOLDER / path).parent.joinpath(name).resolve()
            assert target.relative_to(assets.FOLDER.resolve()).as_posix() in files, (path, name)


def test_weight():
    """All that the panel loads is at most 350 kB packed."""
    files = assets.read().files
    weight = sum(len(file.packed or file.body) for file in files.values())
    assert weight <= 350_000
