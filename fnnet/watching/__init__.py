"""How far a training run has come, shown on stderr while its states go by."""

from fnnet.watching.showing import watch

__all__ = ["watch"]
