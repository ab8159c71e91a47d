"""A whole hotline on free ports of loopback, with telephones, for tests and benchmarks."""
