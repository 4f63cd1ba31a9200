"""Looks as one HTML page: nothing to install, nothing to fetch, any script legible."""

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from importlib import resources
from string import Template
from typing import Any

from saccade.maps import AttentionMap, Look
from saccade.viewer.segments import Segment, direction, labels, segments

_TEMPLATE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="saccade">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; $allowed">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header class="top"><h1 dir="auto">$title</h1>$beside</header>
<main id="looks"><noscript>This page draws its maps with JavaScript, which is switched off.</noscript></main>
<script type="application/json" id="data">$data</script>
<script>$script</script>
</body>
</html>
""")


def page(looks: Look | Sequence[Look], title: str = "Where the model looked") -> str:
    """Make one HTML page of looks, complete in itself.

    Each look is shown as two lines of text with curves between, and as a matrix of weights that is a table too, so
    that a screen reader can read it. Pointing at a word (or reaching it by the arrow keys) shows its weights.

    Args:
        looks: One or several.
        title: Heading of the page.

    Returns:
        The page. It asks no network for anything, and its own content security policy forbids it to.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import AttentionMap, Axis
        >>> target, source = Axis("target", ("I", "love", "China")), Axis("source", ("我", "爱", "中国"))
        >>> look = Look("我爱中国", "I love China", -0.5, -1.5, AttentionMap(np.eye(3), (target, source)))
        >>> page(look, "A look").startswith("<!doctype html>")
        True
    """
    several = [looks] if isinstance(looks, Look) else list(looks)
    key = '<p class="key"><span>weight 0</span><i></i><span>1</span></p>'
    return document(title, asset("page.css"), asset("page.js"), [_shown(look) for look in several], beside=key)


def document(title: str, style: str, script: str, data: Any, *, beside: str = "", allowed: str = "") -> str:
    """A page complete in itself, which its own content security policy forbids to ask the network for anything.

    Args:
        title: Heading.
        style: The one style sheet.
        script: The one script, which finds `data` in the element of that id, and fills the element `looks`.
        data: What the script shows, as JSON's own types.
        beside: Markup beside the heading.
        allowed: What the policy allows beyond this style and this script, such as `img-src data:`.
    """
    policy = [f"script-src {_hash(script)}", f"style-src {_hash(style)}", *([allowed] if allowed else [])]
    return _TEMPLATE.substitute(
        title=html.escape(_writable(title)),
        beside=beside,
        allowed="; ".join(policy),
        style=style,
        script=script,
        data=embedded(data),
    )


def notebook(look: Look) -> str:
    """The page of one look in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import AttentionMap, Axis
        >>> one = AttentionMap(np.ones((1, 1)), (Axis("target", ("a",)), Axis("source", ("b",))))
        >>> notebook(Look("b", "a", 0.0, 0.0, one))[:34]
        '<iframe sandbox="allow-scripts" sr'
    """
    rows = len((look.words if look.has_words else look.map).axes[0].labels)
    return framed(page(look, look.source or "Where the model looked"), min(1200, 420 + 34 * rows))


def framed(text: str, height: int) -> str:
    """A page in a frame that is so many pixels high."""
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


def _writable(text: str) -> str:
    """The text with "�" for each half of a character (a lone surrogate), which no browser takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shown(look: Look) -> dict[str, Any]:
    """What the script needs to know of a look."""
    maps = {"Words": look.words, "Pieces": look.map} if look.has_words else {"Pieces": look.map}
    return {
        "score": round(float(look.score), 4),
        "logProb": round(float(look.log_prob), 4),
        "layer": look.map.layer,
        "texts": [look.source, look.output],
        "views": [{"name": name, **_view(seen, look)} for name, seen in maps.items()],
        "alternatives": [_shown(other) for other in look.alternatives],
    }


def _view(seen: AttentionMap, look: Look) -> dict[str, Any]:
    target, source = seen.axes
    return {
        "source": _side(look.source, segments(look.source, source), labels(look.source, source)),
        "target": _side(look.output, segments(look.output, target), labels(look.output, target)),
        "weights": [[round(float(weight), 4) for weight in row] for row in seen.weights],
    }


def _side(text: str, parts: list[Segment], names: list[str]) -> dict[str, Any]:
    # -1: of no token; the flags are left out where they are as usual, which keeps long pages small.
    cut = [
        [part.text, -1 if part.token is None else part.token, *([int(part.written), int(part.apart)] * _unusual(part))]
        for part in parts
    ]
    return {"dir": direction(text), "parts": cut, "labels": names}


def _unusual(part: Segment) -> bool:
    return not (part.written and part.apart)


def asset(name: str) -> str:
    """A file that lies beside this one."""
    return resources.files("saccade.viewer").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"
