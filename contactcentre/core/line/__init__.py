"""The line of waiting calls and the agents who may answer them."""
