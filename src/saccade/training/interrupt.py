"""Ctrl-C while training: the first one is noted, for the loop to stop at a good point; the second stops at once."""

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, final

from saccade.errors import SaccadeError


@final
class StoppedError(SaccadeError, KeyboardInterrupt):
    """A training that Ctrl-C stopped, after its checkpoint was saved."""


@final
class Interrupts:
    """Note Ctrl-C instead of raising, as long as this context lasts; outside the main thread, do nothing.

    Example:
        >>> with Interrupts() as interrupts:
        ...     print(interrupts.asked)
        False
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()
        # Not print: a signal may come in the middle of another print, and a buffered stream may not be entered twice.
        os.write(2, b"\nStopping after this step, then saving. Ctrl-C once more stops at once.\n")

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
