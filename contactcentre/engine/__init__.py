"""The one consumer of events, the clock, live fan-out and the watchdog."""
