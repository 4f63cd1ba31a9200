"""A page of blocks: one file, complete in itself, that no network is asked for and that may ask none."""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from string import Template
from typing import Any, Final, NamedTuple, final

from saccade.errors import OptionError, did_you_mean

Block = Mapping[str, Any]
"""What can be shown, as JSON's own types: its `kind`, one of `RENDERERS`, a `title` if it has one, and its data."""


@final
class Renderer(NamedTuple):
    """What a page needs to draw blocks of a kind, beside the core: files of `browser/`, without their suffix.

    Attributes:
        parts: What several kinds share, drawn upon by `name`'s own script.
        allowed: What the page's content security policy must allow, beyond its own script and style.
    """

    parts: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


RENDERERS: Final[dict[str, Renderer]] = {
    "alignment": Renderer(("tokens",)),
    "courses": Renderer(("plot",)),
    "curves": Renderer(("plot",)),
    "image": Renderer(allowed=("img-src data:",)),
    "label": Renderer(("tokens",)),
    "table": Renderer(),
    "text": Renderer(),
}
"""The kinds of blocks. `browser/KIND.js` has the function that draws one: `saccade.renderers.KIND`."""

_TEMPLATE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="saccade">
<meta http-equiv="Content-Security-Policy" content="$policy">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header class="top"><h1 dir="auto">$title</h1></header>
<main id="blocks"><noscript>This page draws its maps with JavaScript, which is switched off.</noscript></main>
<script type="application/json" id="data">$data</script>
<script>$script</script>
</body>
</html>
""")


def document(
    title: str,
    blocks: Sequence[Block],
    *,
    kinds: Iterable[str] = (),
    script: str = "",
    style: str = "",
    allowed: Sequence[str] = (),
) -> str:
    """A page of blocks, one below the other, which its own content security policy forbids to ask for anything.

    Args:
        title: Heading.
        blocks: What is shown; only scripts and styles of their kinds are in the page.
        kinds: Kinds that `script` will show, beside those of the blocks.
        script: A script of the page's own, which runs when the blocks are drawn. `saccade.show(block, element)` shows
            another block.
        style: A style sheet of the page's own.
        allowed: What the policy allows beyond scripts and styles, such as `connect-src 'self'`.

    Raises:
        OptionError: There is no such kind of block.

    Example:
        >>> page = document("A page", [{"kind": "text", "text": "So it is."}])
        >>> page.startswith("<!doctype html>"), "saccade.renderers.text" in page, "saccade.renderers.image" in page
        (True, True, False)
    """
    wanted = {*(str(block["kind"]) for block in blocks), *kinds}
    sheet, code = style_of(wanted) + style, script_of(wanted) + script
    return _TEMPLATE.substitute(
        title=html.escape(_writable(title)),
        policy=policy(sheet, code, [*allowances(wanted), *allowed]),
        style=sheet,
        script=code,
        data=embedded(list(blocks)),
    )


def script_of(kinds: Iterable[str]) -> str:
    """The script that draws these kinds of blocks, and those that the page holds."""
    return "".join(_assets(".js", [*_files(kinds), "start"]))


def style_of(kinds: Iterable[str]) -> str:
    """The style sheet of these kinds of blocks."""
    return "".join(_assets(".css", _files(kinds)))


def allowances(kinds: Iterable[str]) -> list[str]:
    """What a policy must allow for these kinds of blocks, beside their script and style."""
    return list(dict.fromkeys(rule for kind in _known(kinds) for rule in RENDERERS[kind].allowed))


def policy(style: str, script: str, allowed: Sequence[str] = ()) -> str:
    """A content security policy that allows this style sheet, this script, and what is said, and nothing else."""
    return "; ".join(["default-src 'none'", f"script-src {_hash(script)}", f"style-src {_hash(style)}", *allowed])


def framed(text: str, height: int) -> str:
    """A page in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it."""
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(text)}" title="Where the model looked" '
        f'style="width:100%;height:{height}px;border:0"></iframe>'
    )


def embedded(data: Any) -> str:
    """JSON that can stand in a script element: no character in it can end the element or begin a comment.

    Example:
        >>> embedded("</script><!--")
        '"\\\\u003c/script\\\\u003e\\\\u003c!--"'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text = _writable(text)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _files(kinds: Iterable[str]) -> list[str]:
    """The core, what the kinds share, and the kinds, each once."""
    known = _known(kinds)
    return ["core", *dict.fromkeys(part for kind in known for part in RENDERERS[kind].parts), *known]


def _known(kinds: Iterable[str]) -> list[str]:
    """The kinds in an order of their own, so that the same kinds make the same page."""
    wanted = sorted(set(kinds))
    for kind in wanted:
        if kind not in RENDERERS:
            raise OptionError(f"`{kind}` is no kind of block. {did_you_mean(kind, RENDERERS)}")
    return wanted


def _writable(text: str) -> str:
    """The text with "�" for each half of a character (a lone surrogate), which no browser takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _assets(suffix: str, names: Iterable[str]) -> list[str]:
    """The files of these names; not each part needs a script, nor each kind a style."""
    there = resources.files("saccade.viewer") / "browser"
    files = [there / f"{name}{suffix}" for name in names]
    return [file.read_text(encoding="utf-8") for file in files if file.is_file()]


def _hash(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"
