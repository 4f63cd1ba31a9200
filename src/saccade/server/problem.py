"""What a client is told when something is wrong: one shape, whatever it is."""

import json
from collections.abc import Mapping
from typing import final

from saccade.errors import SaccadeError


@final
class Problem(Exception):  # noqa: N818 - what a client is told, not only that it failed
    """A request that gets no answer, and why.

    Args:
        status: Of HTTP.
        code: A word for programs, which stays the same.
        message: What is wrong, for people.
        hint: What to do about it.
        headers: Of the answer, beside the usual ones.
    """

    def __init__(
        self, status: int, code: str, message: str, hint: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint
        self.headers = dict(headers or {})

    @property
    def body(self) -> bytes:
        """JSON, all of it ASCII: what it quotes may be no text.

        Example:
            >>> Problem(404, "no_route", "There is no /v2.", "See /openapi.json.").body
            b'{"error": {"code": "no_route", "message": "There is no /v2.", "hint": "See /openapi.json."}}'
        """
        return json.dumps({"error": {"code": self.code, "message": self.message, "hint": self.hint}}).encode("ascii")


def unfit(error: SaccadeError, field: str) -> Problem:
    """An input that a model cannot read, in the words of the model.

    Example:
        >>> problem = unfit(SaccadeError("The text is empty. Give at least one word."), "input")
        >>> problem.message, problem.hint
        ('`input`: The text is empty.', 'Give at least one word.')
    """
    said, stop, hint = str(error).partition(". ")
    where = "" if said.startswith(f"`{field}`") else f"`{field}`: "
    return Problem(422, "unfit_input", f"{where}{said}{'.' if stop else ''}", hint or "Give another input.")


def internal() -> Problem:
    """What went wrong in here is in the server's log, and nobody else's business."""
    return Problem(
        500, "internal", "The server failed at this request.", "Try another input; the server's log has more."
    )
