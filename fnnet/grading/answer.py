"""What came of a program: a value for each slot, and the warnings that were heard."""

from typing import final

from fnnet.grading.child.records import Failure, Gave, Value, Warned
from fnnet.values.record import frozen


@final
@frozen
class Answer:
    """What the steps of a program gave, by slot."""

    gave: dict[str, Gave]

    def get(self, slot: str) -> Value:
        """The value of a slot; a `Failure`, the first that stood in its way, where its step was not reached."""
        value = self.gave[slot].value if slot in self.gave else Failure("missing", slot)
        if isinstance(value, Failure) and value.kind == "missing" and value.what in self.gave and value.what != slot:
            return self.get(value.what)
        return value

    @property
    def failures(self) -> list[Failure]:
        """All that failed, in order."""
        return [gave.value for gave in self.gave.values() if isinstance(gave.value, Failure)]

    def warnings(self, slot: str) -> tuple[Warned, ...]:
        """The warnings of a slot's step."""
        return self.gave[slot].warnings if slot in self.gave else ()
