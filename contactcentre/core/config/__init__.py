"""What people have published: the network, its rules and its plans. Knows no call."""
