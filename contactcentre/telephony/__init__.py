"""The telephone exchange: Asterisk, and the only place where its words are known.

Another exchange is another folder beside this one, and another line where `app` puts the parts
together; `core` stays as it is. Names of channels, legs and bridges are the exchange's own and mean
nothing to the core, which hands them back as they came. What an exchange must do:

Post events (`core.events`), each fact as soon as it happens, those of one source in order:

- of a caller: `CallArrived`, `CallReturned` with the place that the exchange has kept, the answers
  to orders (`PromptsPlayed`, `DigitsEntered`, `MessageRecorded`, `DialEnded`), `DigitPressed`,
  `CallerHungUp`, and `LeashLost` when orders do not reach the caller any more;
- of a leg that was rung: `LegDialed`, `LegRang`, `LegAnswered`, `HoldStarted`, `HoldEnded`,
  `LegHungUp`, and `DialBackEnded` of a citizen who was not reached; a phone of which no `LegRang`
  is told soon after its `LegDialed` is given up;
- of a leg on a leash of its own: `LegLeashed` whenever it is alone there, and `LegDialEnded` of
  whomever it has rung;
- of phones: `PhoneSeen`, and `PhoneBusy` for calls that are none of ours;
- of the time when we were away: `FallbackEnded` for every caller who has gone meanwhile, before the
  snapshot;
- of the link: `TelephonyLost`, and `SnapshotTaken` whenever it is up: every `Channel` that there
  is, with our id of it, and every phone that can be rung. Facts that are newer than the snapshot
  come after it.

Carry out effects (`core.effects`): every `CallEffect` of one call in the order given, also while
words are being said, and every `LegEffect` of one leg that is alone; `Recall`, `Park`, `HangUpLeg`,
`RingBack`, `SetMember` and `WithdrawPhone` at once. An order for a call or a leg that is not there
any more comes to nothing.

Lose nobody while the service is away: callers hear music, keep what `KeepPlace` wrote, come back as
`CallReturned`, and are served meanwhile by the phones that `SetMember` named.
"""
