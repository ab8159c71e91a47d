"""How the tests' browser is started: without screen and sound card, and with nobody outside."""

import shutil


def headless() -> str | None:
    """The path of the browser. The shell of Chromium shows the same pages, without the windows
    round them, which take a third of the processor; Ubuntu has none."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""It beeps."""

BARE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.*"
"""A page that asks another machine for something does not get it."""

LETTERS = "--font-render-hinting=slight"
"""The shell of Chromium sets them as the whole one does: every box has the same size."""

FLAGS = [*BARE, ALONE, *MICROPHONE, LETTERS, "--renderer-process-limit=1"]
"""The limit is one for each window of tests, which share nothing: no process is started in advance
for a page that never comes, nor another for the page after the log-in."""
