"""The names of the timers; `due.py` says, in the same order, what each means when it fires."""

from __future__ import annotations

from enum import StrEnum


class Timer(StrEnum):
    """What a timer is for. Its key is the id of that which stands in brackets."""

    OFFER = "offer"  # nothing was heard of it in time (offer)
    SILENT = "silent"  # the phone that is dialled should ring by now (offer)
    REJOIN = "rejoin"  # the lost agent has not come back into the talk (call)
    RING_AGAIN = "ring_again"  # the lost agent is rung once more (call)
    CALLBACK = "callback"  # hours begin and end, and so does the pause after an attempt (call)
    WIDEN = "widen"  # the next circle of centres is asked (call)
    AGAIN = "again"  # those who refused may be asked after all (call)
    OVERFLOW = "overflow"  # whether waiting is of any use (call)
    END = "end"  # the exchange should have ended it by now, as it was told to (call)
    ANNOUNCE = "announce"  # the next words to whoever waits (call)
    HOLD_WORD = "hold_word"  # the next word to whoever is on hold (call)
    WRAP_UP = "wrap_up"  # the time to write things down is up (agent)
    REST = "rest"  # the pause after an offer that came to nothing is over (agent)
    ABSENT = "absent"  # no phone could be rung for so long (agent)
    UNBAR = "unbar"  # others' calls may be taken again (centre)
    HOURS = "hours"  # centres open and close ("")
    SETTLE = "settle"  # callers of the old line have had their time to come back ("")
    CRISIS = "crisis"  # it ends by itself (crisis)
