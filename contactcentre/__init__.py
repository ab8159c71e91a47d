"""The hotline service: the life of a call, the rim round it, and the process."""
