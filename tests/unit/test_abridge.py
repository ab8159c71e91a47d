"""Asterisk's own reference, shortened: what it looks for at a start is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.unit

WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE docs SYSTEM "appdocsxml.dtd">
<docs xmlns:xi="http://www.w3.org/2001/XInclude">
<module name="app_dial" language="en_US"><support_level>core</support_level></module>
<info name="CHANNEL" language="en_US" tech="PJSIP"><para>Of a channel.</para></info>
<application name="Dial" language="en_US" module="app_dial">
  <synopsis>Attempt to connect.</synopsis><description><para>Long.</para></description>
</application>
<manager name="Login" language="en_US"><syntax><parameter name="ActionID"/></syntax></manager>
<managerEvent name="Hangup" language="en_US"><synopsis>Over.</synopsis></managerEvent>
<configInfo name="features" language="en_US"><configFile name="features.conf">
  <configObject name="globals"><configOption name="atxfernoanswertimeout" default="15">
    <synopsis>Seconds.</synopsis>
    <xi:include
      xpointer="xpointer(/docs/manager[@name='Login']/syntax/parameter[@name='ActionID'])"/>
  </configOption></configObject>
</configFile></configInfo>
</docs>
"""


def test_names_and_settings_stay(tmp_path: Path) -> None:
    """All names but of modules and texts; of what settings include, everything."""
    path = tmp_path / "core-en_US.xml"
    path.write_text(WHOLE, "utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "abridge"), str(tmp_path)]
    subprocess.run(command, check=True)  # noqa: S603 - ours
    short = path.read_text("utf-8")
    before, after = ElementTree.fromstring(WHOLE), ElementTree.fromstring(short)  # noqa: S314
    kept = [one for one in before if one.tag not in ("module", "info")]
    assert [(one.tag, one.attrib) for one in after] == [(one.tag, one.attrib) for one in kept]
    for tag in ("configInfo", "manager"):
        whole, left = before.find(tag), after.find(tag)
        assert whole is not None
        assert left is not None
        assert ElementTree.tostring(left) == ElementTree.tostring(whole)
    for tag in ("application", "managerEvent"):
        assert [part.tag for part in after.findall(f"{tag}/*")] == ["synopsis"]
    assert "Attempt" not in short
    assert short.splitlines()[1] == WHOLE.splitlines()[1]  # defaults stand in the type's definition
