"""The command line: `contactcentre --help`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from contactcentre.cli.command import program, run

COMMANDS = {
    "run": "Prepare and start everything on this machine.",
    "prepare": "What must be there before the first start, and after an upgrade.",
    "serve": "The service itself.",
    "pbx": "Asterisk with its rendered configuration.",
    "migrate": "Bring the database up to date.",
    "seed": "Load the sample data.",
    "prompts": "Render the speech.",
    "language": "Which languages a queue takes.",
    "flow": "Check, publish, show and put back menus.",
    "check": "Test every part and say what to do.",
    "synthetic": "One call that tries the hotline.",
    "backup": "Everything that must not be lost, in one folder.",
    "restore": "A hotline made of a backup.",
    "simulate": "A scenario in virtual time; lists them.",
    "replay": "Recorded calls once more, under changed rules.",
    "staffing": "How many agents a load asks for.",
    "crisis": "The running service's crisis mode.",
    "notice": "Known events that callers are told of.",
    "network": "Centres, agents, queues and numbers as a file, and the changes of a file.",
    "services": "The service cards as a file, and the changes of a file.",
    "trunk": "The carriers' lines: declared, listed, tried.",
    "phone": "The log-in of a telephone on an agent's table.",
    "audit": "Who did what, and whether the log is as it was written.",
    "person": "A citizen's data: given out, held, erased.",
    "retention": "How long personal data are kept, and what was deleted.",
    "reports": "The figures made anew and looked at; what leaves the house each month.",
    "analysts": "What happened, by month, as files for analysts.",
    "forecast": "What will ring, who is needed for it, and how right that was.",
    "user": "Make a log-in, set its password, switch it off and on.",
    "passwords": "Which passwords nobody may choose.",
}
"""Each is the module of that name in `cli`, loaded when it is called."""

app = program("contactcentre", "The open telephone hotline: the service and its tools.")
for place, (name, about) in enumerate(COMMANDS.items()):
    app.command(f"contactcentre.cli.{name}:app", name=name, help=about, sort_key=place)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well."""
    return run(app, words)


if __name__ == "__main__":
    sys.exit(main())
