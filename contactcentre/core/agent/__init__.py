"""An agent at work: what is known, the one table of transitions, and what follows."""
