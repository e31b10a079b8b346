"""One file a library. Each offers ``prepare(work)``, which returns ``epoch(number) -> loss`` and ``predict``."""
