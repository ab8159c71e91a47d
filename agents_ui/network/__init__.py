"""The pages of the network: what people edit, a list and a form of each kind."""
