"""A network as a tuple of layers: the two folds over it, and what can be asked of it by them."""
