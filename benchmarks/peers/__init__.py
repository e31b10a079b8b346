"""One file a library. Each offers ``prepare(work)``, which returns ``epoch(number) -> mean loss`` and ``predict(x)``."""
