import signal
import threading

import pytest

from saccade.errors import SaccadeError
from saccade.training.interrupt import Interrupts, StoppedError


def press() -> None:
    signal.raise_signal(signal.SIGINT)  # in this thread, at once


def test_the_first_is_noted_and_the_second_stops_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    with Interrupts() as interrupts:
        assert not interrupts.asked
        press()
        assert interrupts.asked
        assert "Ctrl-C once more stops at once" in capfd.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            press()


@pytest.mark.parametrize("presses", [0, 1])
def test_the_handler_before_is_put_back(presses: int) -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        for _ in range(presses):
            press()
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_leaves_signals_alone() -> None:
    handlers: list[object] = []

    def look() -> None:
        with Interrupts():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


def test_a_stop_is_both_a_message_and_an_interrupt() -> None:
    assert issubclass(StoppedError, SaccadeError)
    assert issubclass(StoppedError, KeyboardInterrupt)
