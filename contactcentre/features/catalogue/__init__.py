"""The service catalogue: what citizens ask for, and how an agent finds it in a second."""
