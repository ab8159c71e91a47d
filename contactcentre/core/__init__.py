"""The pure heart: facts in, orders out. No input or output, no clock, no randomness."""
