"""How a value is told, whatever it is: as a table in a notebook, and in a sentence where it stands in a wrong place."""

__all__: list[str] = []
