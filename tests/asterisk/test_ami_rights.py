"""What a stolen AMI secret can and cannot do."""

from typing import Any

import pytest

pytestmark = pytest.mark.asterisk

FACTS = ("Ping", "CoreShowChannels", "Status", "CoreStatus", "DeviceStateList", "BridgeList")

CONTROL: dict[str, dict[str, str]] = {
    "Hangup": {},
    "Redirect": {"Context": "cc-return", "Exten": "s", "Priority": "1"},
    "Bridge": {"Channel1": "PJSIP/carrier-1", "Channel2": "PJSIP/carrier-2"},
}

REFUSED: dict[str, dict[str, str]] = {
    "Command": {"Command": "core show version"},
    "Reload": {},
    "UpdateConfig": {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"},
    "GetConfig": {"Filename": "manager.conf"},
    "MixMonitor": {"File": "x.wav"},
    "MixMonitorMute": {"State": "1", "Direction": "both"},
    "StopMixMonitor": {},
    "AGI": {"Command": "EXEC Answer"},
    "QueueAdd": {"Queue": "cc-fallback", "Interface": "PJSIP/a-1"},
    "DBPut": {"Family": "a", "Key": "b", "Val": "c"},
    "PJSIPNotify": {"Variable": "Event=talk"},
    "ModuleLoad": {"LoadType": "load", "Module": "app_system.so"},
}


async def test_state_may_be_read_and_calls_made(ami: Any) -> None:
    """The service may ask for state, qualify a phone and originate into our contexts."""
    said = {action: (await ami.act(action))["Response"] for action in FACTS}
    fields = {"Channel": "PJSIP/a-1", "Context": "cc-rejoin", "Exten": "s", "Priority": "1"}
    said["Originate"] = (await ami.act("Originate", **fields, Async="true"))["Response"]
    assert set(said.values()) == {"Success"}


async def test_channels_may_be_controlled(ami: Any) -> None:
    """Control of a channel fails for want of the channel only, not of the right."""
    for action, fields in CONTROL.items():
        said = await ami.act(action, Channel="PJSIP/carrier-1", **fields)
        assert "hannel" in said["Message"], action


async def test_the_machine_is_out_of_reach(ami: Any) -> None:
    """Nothing that changes configuration, runs a command or writes a file is allowed."""
    for action, fields in REFUSED.items():
        said = await ami.act(action, Channel="PJSIP/carrier-1", **fields)
        # An action that is not even loaded is out of reach too.
        out = ("Permission denied", f"Invalid/unknown command: {action}.")
        assert said["Message"].startswith(out), said


async def test_no_program_can_be_originated(ami: Any) -> None:
    """An Originate to an application that reaches the machine is refused."""
    for application in ("System", "MixMonitor", "AGI", "ExternalIVR"):
        fields = {"Channel": "PJSIP/a-1", "Application": application, "Data": "id"}
        said = await ami.act("Originate", **fields, Async="true")
        assert said["Response"] == "Error", application


async def test_no_file_can_be_read(ami: Any) -> None:
    """Dialplan functions that reach the machine give nothing."""
    for function in ("SHELL(id)", "FILE(/etc/passwd)", "ENV(PATH)"):
        said = await ami.act("Getvar", Variable=function)
        assert said.get("Value", "") == "", function


async def test_noise_is_silenced_at_its_source(ami: Any) -> None:
    """A variable that is set makes no event."""
    await ami.act("Setvar", Variable="CC_X", Value="1")
    await ami.act("UserEvent", UserEvent="marked")
    seen = [(await ami.any_event())["Event"]]
    while seen[-1] != "UserEvent":
        seen.append((await ami.any_event())["Event"])
    assert "VarSet" not in seen
