"""What the server counts, in the text format of Prometheus."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, final

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)


@final
class Histogram:
    """How many values lie at or below each of some bounds.

    Args:
        bounds: Rising.

    Example:
        >>> seen = Histogram((1.0, 2.0))
        >>> for value in (0.5, 2.0, 9.0):
        ...     seen.add(value)
        >>> print(*seen.lines("size", {"run": "a"}), sep="\\n")
        size_bucket{run="a",le="1"} 1
        size_bucket{run="a",le="2"} 2
        size_bucket{run="a",le="+Inf"} 3
        size_sum{run="a"} 11.5
        size_count{run="a"} 3
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self, name: str, labels: Mapping[str, str]) -> Iterable[str]:
        """As Prometheus reads them."""
        below = 0
        for bound, count in zip((*self._bounds, None), self._counts, strict=True):
            below += count
            end = "+Inf" if bound is None else f"{bound:g}"
            yield _line(f"{name}_bucket", {**labels, "le": end}, below)
        yield _line(f"{name}_sum", labels, self._sum)
        yield _line(f"{name}_count", labels, below)


@final
class Metrics:
    """Counts of a server; any thread may add to them.

    Attributes:
        taken: Requests that came.
        answered: Of these, the ones whose answer was sent.
    """

    def __init__(self) -> None:
        self.taken = self.answered = 0
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, int], int] = defaultdict(int)
        self._seconds: dict[str, Histogram] = defaultdict(lambda: Histogram(SECONDS))
        self._batches: dict[str, Histogram] = defaultdict(lambda: Histogram(SIZES))

    def take(self) -> None:
        """A request has come."""
        with self._lock:
            self.taken += 1

    def request(self, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        with self._lock:
            self.answered += 1
            self._requests[route, status] += 1
            self._seconds[route].add(seconds)

    def batch(self, run: str, size: int) -> None:
        """Inputs were computed together."""
        with self._lock:
            self._batches[run].add(float(size))

    def text(self, waiting: Mapping[str, int]) -> str:
        """All of it, with how many inputs wait for each run."""
        with self._lock:
            lines = [
                *_head("saccade_requests_total", "counter", "Requests that were answered."),
                *(
                    _line("saccade_requests_total", {"route": route, "status": str(status)}, count)
                    for (route, status), count in sorted(self._requests.items())
                ),
                *_head("saccade_request_seconds", "histogram", "From a request's head to the end of its answer."),
                *(
                    line
                    for route, seen in sorted(self._seconds.items())
                    for line in seen.lines("saccade_request_seconds", {"route": route})
                ),
                *_head("saccade_batch_size", "histogram", "Inputs that were computed together."),
                *(
                    line
                    for run, seen in sorted(self._batches.items())
                    for line in seen.lines("saccade_batch_size", {"run": run})
                ),
                *_head("saccade_queue_length", "gauge", "Inputs that wait."),
                *(_line("saccade_queue_length", {"run": run}, count) for run, count in waiting.items()),
            ]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, says: str) -> tuple[str, str]:
    return f"# HELP {name} {says}", f"# TYPE {name} {kind}"


def _line(name: str, labels: Mapping[str, str], value: int | float) -> str:
    written = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{written}}} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
