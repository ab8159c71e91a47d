"""Which languages a queue takes."""
