"""Files under an address that names their version."""

from __future__ import annotations

import re

import pytest

from agents_ui.shell import assets
from agents_ui.shell.keys import ASSETS

pytestmark = pytest.mark.web


async def test_for_ever(enter, app):
    """A file under today's version may be kept for ever, and travels packed."""
    browser = await enter(None)
    answer = await browser.get(app[ASSETS]().address("shell/base.css"))
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


async def test_other_version(enter):
    """A page of another version gets today's file, but may not keep it."""
    answer = await (await enter(None)).get("/static/0123/shell/base.css")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


async def test_plain(enter, app):
    """A client that can't unpack gets the file as it is."""
    browser = await enter(None)
    address = app[ASSETS]().address("shell/base.css")
    answer = await browser.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert await answer.read() == (assets.PANEL / "shell/base.css").read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        *("../app.py", "..%2fapp.py", "%2e%2e/app.py", "shell/../app.py", "/etc/passwd", "shell"),
        *("desk/page.py", "desk/page.html", "shell/locale/lv/LC_MESSAGES/messages.po"),
    ],
)
async def test_nothing_else(enter, path):
    """No address leads out of the panel, or to what lies in it for the server alone."""
    assert (await (await enter(None)).get(f"/static/x/{path}")).status == 404


def test_version_follows_content(tmp_path):
    """Any change of any file is another version; the same files are the same version."""
    (tmp_path / "a.js").write_text("1")
    first, again = assets.read(tmp_path), assets.read(tmp_path)
    (tmp_path / "a.js").write_text("2")
    assert first.version == again.version != assets.read(tmp_path).version


def test_modules_import_what_is_there():
    """Each import of a script leads to a file of its own folder or of the shell."""
    read = assets.read()
    for path in read.said:
        script, folder = read.files[path].body.decode(), path.split("/")[0]
        for name in re.findall(r'^(?:import|\} from)\b[^"]*"(\.[^"]+)"', script, re.MULTILINE):
            target = (assets.PANEL / path).parent.joinpath(name).resolve()
            there = target.relative_to(assets.PANEL.resolve()).as_posix()
            assert there in read.files, (path, name)
            assert there.split("/")[0] in {folder, "shell"}, (path, name)


def test_weight():
    """All that the panel loads is at most 350 kB packed."""
    files = assets.read().files
    weight = sum(len(file.packed or file.body) for file in files.values())
    assert weight <= 350_000
