"""Pages of one kind of thing each: looks, curves, courses of training."""

from collections.abc import Sequence

from saccade.maps import ImageLook, LabelLook, Look
from saccade.viewer.alignment_block import alignment_block
from saccade.viewer.courses import Courses
from saccade.viewer.courses_block import courses_block
from saccade.viewer.curves import Curves
from saccade.viewer.curves_block import curves_block
from saccade.viewer.document import Block, document, framed
from saccade.viewer.heads_block import heads_block
from saccade.viewer.image_block import MOST, image_block
from saccade.viewer.label_block import label_block
from saccade.viewer.strip_block import strip_block
from saccade.viewer.trust_block import trust_block

AnyLook = Look | ImageLook | LabelLook


def block_of(look: AnyLook, most: int = MOST) -> Block:
    """The block that shows a look, of whatever kind it is; of maps over images it holds `most` weights."""
    if isinstance(look, ImageLook):
        return strip_block(look) if look.tokens else image_block(look, most)
    return alignment_block(look) if isinstance(look, Look) else label_block(look)


def blocks_of(look: AnyLook, most: int = MOST) -> list[Block]:
    """The block of a look, and those of every layer and head and of how far to trust it, where these are known."""
    layers = [heads_block(look.layers, title="Layers and heads")] if isinstance(look, Look) and look.layers else []
    return [block_of(look, most), *layers, *([] if look.trust is None else [trust_block(look.trust.to_json())])]


def page(looks: AnyLook | Sequence[AnyLook], title: str = "Where the model looked") -> str:
    """Make one HTML page of looks, complete in itself.

    At a text: two lines with curves between, and a matrix of weights that is a table too, so that a screen reader can
    read it; pointing at a word (or reaching it by the arrow keys) shows its weights. At an image: a map over it, small
    ones of all its maps to choose from, bars for channels and scales, and, where it was read as a text, a map for each
    token, to be stepped through. At a text with its label: words shaded by their weights, those underlined that are
    known to decide.

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
    several = [looks] if isinstance(looks, AnyLook) else list(looks)
    return document(title, [block for look in several for block in blocks_of(look, MOST // len(several))])


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


def image_notebook(look: ImageLook) -> str:
    """The page of one look in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it."""
    return framed(page(look, look.name or "Where the model looked"), 860)


def label_notebook(look: LabelLook) -> str:
    """The page of one look in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it."""
    return framed(page(look, look.name or "Which words decided"), 420 + len(look.text) // 3)


def curves_page(curves: Curves, *, title: str = "", x_label: str = "source length", y_label: str = "score") -> str:
    """Quality by source length as one HTML page, complete in itself, with all figures in a table.

    Raises:
        DataError: There is nothing to draw.
    """
    block = curves_block(curves, x_label=x_label, y_label=y_label)
    return document(title or f"{y_label} by {x_label}", [block])


def courses_page(courses: Courses, *, title: str = "", figure: str = "score") -> str:
    """How runs learnt, and what of each class they find, as one HTML page, complete in itself.

    Raises:
        DataError: No run has learnt anything yet.
    """
    return document(title or "How they learnt", [courses_block(courses, figure=figure)])
