"""Training as a stream of states: what it is given, one step in a clear and in a fused form, the stream, and its use."""
