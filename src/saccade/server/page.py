"""The page to try the runs on: static, and built of the viewer's blocks."""

from importlib import resources
from typing import Final, final

from saccade.viewer import RENDERERS, allowances, document, policy, script_of, style_of

_ALLOWED: Final = ("connect-src 'self'",)


@final
class Page:
    """The page, and the policy that its header says.

    Attributes:
        text: HTML.
        policy: Its content security policy: its own script and style by their hashes, and this server.
    """

    def __init__(self) -> None:
        there = resources.files("saccade.server") / "browser"
        script = (there / "page.js").read_text(encoding="utf-8")
        style = (there / "page.css").read_text(encoding="utf-8")
        self.text = document("Saccade", [], kinds=RENDERERS, script=script, style=style, allowed=_ALLOWED)
        # What a page may not say about itself.
        more = ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
        sheet, code = style_of(RENDERERS) + style, script_of(RENDERERS) + script
        self.policy = policy(sheet, code, [*allowances(RENDERERS), *_ALLOWED, *more])
