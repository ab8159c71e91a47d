"""The words of the page of reports."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agents_ui.shell.texts import mark

BY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "quarter": mark("15 minutes"),
        "day": mark("Day"),
        "week": mark("Week"),
        "month": mark("Month"),
        "year": mark("Year"),
        "queue": mark("Queue"),
        "centre": mark("Centre that answered"),
        "home_centre": mark("Centre that was rung"),
        "municipality": mark("Municipality"),
        "service": mark("Service, the first"),
        "institution": mark("Institution"),
        "agent": mark("Agent"),
        "language": mark("Language"),
        "dialled": mark("Dialled number"),
        "path": mark("Path through the menu"),
    }
)
PERIODS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "today": mark("Today"),
        "yesterday": mark("Yesterday"),
        "week": mark("This week"),
        "month": mark("This month"),
        "last_month": mark("Last month"),
        "year": mark("This year"),
    }
)
OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answered": mark("Answered"),
        "abandoned": mark("Hung up while waiting"),
        "gave_up": mark("Gave up later"),
        "left_menu": mark("Hung up in the menu"),
        "served_by_menu": mark("Served by the menu"),
        "informed": mark("Informed by a notice"),
        "turned_away": mark("Turned away"),
        "refused": mark("Refused"),
        "callback": mark("Chose a callback"),
        "not_reached": mark("Not reached"),
        "rang_in": mark("Rang in first"),
        "voicemail": mark("Left a message"),
        "handled": mark("Seen to without a call"),
        "transferred": mark("Transferred"),
        "pbx_lost": mark("Technical"),
        "unknown": mark("Unknown"),
        "": mark("Goes on"),
    }
)
HAPPENED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "arrived": mark("Rang in"),
        "queued": mark("Entered the queue"),
        "offer": mark("Offered"),
        "rejoin": mark("Rung to come back into the talk"),
        "callback": mark("Citizen rung back"),
        "transfer": mark("Number outside rung"),
        "consult": mark("Consultation"),
        "passed": mark("Rung for the caller"),
        "handed": mark("Took the caller over"),
        "answered": mark("Answered"),
        "recorded": mark("Written down"),
        "sent_sms": mark("Card sent by SMS"),
        "sent_mail": mark("Card sent by e-mail"),
        "ended": mark("Ended"),
        "missed": mark("Not taken"),
        "rejected": mark("Rejected"),
        "busy": mark("Busy"),
        "unreachable": mark("Telephone out of reach"),
        "caller_left": mark("Caller left"),
        "withdrawn": mark("Withdrawn"),
        "unreached": mark("Not reached"),
        "handled": mark("Seen to without a call"),
        "returned": mark("Given back"),
        "hung_up": mark("Talk ended"),
        "transferred": mark("Transferred"),
        "audio_lost": mark("Sound lost"),
        "moved": mark("Went on by another telephone"),
        "lost": mark("Lost"),
        "over": mark("Ended"),
        # what supervisors did, and what was decided
        "widened": mark("More agents may answer"),
        "decided": mark("An agent was looked for"),
        "did_move": mark("Moved to another queue."),
        "did_put_first": mark("Put before all others."),
        "did_put_back": mark("Back in its own place."),
        "did_earmark": mark("Given to the agent."),
        "did_lift": mark("For whoever is next, again."),
        "did_withdraw": mark("Taken out of the line."),
        "did_end_call": mark("The call was ended."),
        "did_ready": mark("The agent was set ready."),
        "did_not_ready": mark("The agent was set not ready."),
        "did_log_out": mark("The agent was logged out, or is after this call."),
        "did_release": mark("The agent was let out of the call, the offer or the wrap-up."),
        "did_give_caller": mark("The caller was given to others: the agent's desk was lost."),
        "did_help": mark("A supervisor came to help the agent."),
        "did_listen": mark("A supervisor listens"),
        "did_whisper": mark("A supervisor whispers to the agent"),
        "did_barge": mark("A supervisor joins in"),
        "did_listen_end": mark("Nobody listens any more"),
    }
)
RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "received": mark("received = closed + blocked + saturated + queued"),
        "queued": mark("queued = what became of the queued"),
        "presence": mark("an agent's states follow each other without a gap"),
        "answered": mark("answered = contacts with an agent's talk"),
        "journaled": mark("whatever the journal tells of has a contact, and that its facts"),
        "level": mark("in time by the bands = in time call by call"),
        "rolled_up": mark("the sums of quarter hours = those of the calls"),
        "failure": mark("failure demand = its parts"),
    }
)
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "consultation": mark("Consultation"),
        "application": mark("Application"),
        "e_service": mark("E-service"),
        "referral": mark("To an institution"),
        "complaint": mark("Complaint"),
        "other": mark("Other"),
        "not_recorded": mark("Not recorded"),
    }
)
RECORDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "short": mark("shorter than the talk"),
        "truncated": mark("cut off"),
        "missing": mark("missing"),
    }
)
WRONG: Final[Mapping[str, str]] = MappingProxyType(
    {
        "period": mark(
            "Write both days, the first not after the last: at most 31 by 15 minutes, 400 by day."
        ),
    }
)
EVERY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "day": mark("Each day, of the day before"),
        "week": mark("Each week, of the week before"),
        "month": mark("Each month, of the month before"),
    }
)
WEEKDAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1": mark("on Monday"),
        "2": mark("on Tuesday"),
        "3": mark("on Wednesday"),
        "4": mark("on Thursday"),
        "5": mark("on Friday"),
        "6": mark("on Saturday"),
        "7": mark("on Sunday"),
    }
)
RESULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": mark("Not sent yet"),
        "sent": mark("Sent"),
        "no-account": mark("Stopped: the account is off"),
        "no-right": mark("Stopped: the account may see no figures any more"),
        "no-mail": mark("Not sent: no mail server is set up"),
        "unreadable": mark("Stopped: this report does not exist any more. Make it anew"),
        "full": mark("Not sent: too many messages wait for the mail server"),
        "too-large": mark("Not sent: the file is too large for e-mail"),
    }
)
SCHEDULE_WRONG: Final = mark("That does not fit.")
SCHEDULE_FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": mark("It needs a name of at most 80 letters; twenty reports can be sent at most."),
        "at": mark("A time of day, as 07:00."),
        "day": mark("A day that every month has: 1 to 28."),
        "to": mark("Addresses as anna@ludza.lv, a line each, twenty at most."),
    }
)
