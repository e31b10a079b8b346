"""A page to see: the film of a training run, and every number of a step of back-propagation."""
