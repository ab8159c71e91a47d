"""Known events that callers are told of."""
