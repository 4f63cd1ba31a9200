"""Pages of one kind of thing each: looks, curves, courses of training."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from saccade.maps import ImageLook, LabelLook, Look
from saccade.viewer.alignment_block import alignment_block
from saccade.viewer.courses import Courses
from saccade.viewer.courses_block import courses_block
from saccade.viewer.curves import Curves
from saccade.viewer.curves_block import curves_block
from saccade.viewer.document import Block, document, framed
from saccade.viewer.image_block import MOST, image_block
from saccade.viewer.label_block import label_block

AnyLook = Look | ImageLook | LabelLook

_BLOCKS: Final[dict[type, Callable[[Any], Block]]] = {
    Look: alignment_block,
    ImageLook: image_block,
    LabelLook: label_block,
}


def block_of(look: AnyLook) -> Block:
    """The block that shows a look, of whatever kind it is."""
    return _BLOCKS[type(look)](look)


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
    return document(title, [alignment_block(look) for look in ([looks] if isinstance(looks, Look) else looks)])


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


def image_page(looks: ImageLook | Sequence[ImageLook], title: str = "Where the model looked") -> str:
    """Make one HTML page of looks at images, complete in itself.

    Each look is shown as the image with a map over it, and small ones of all its maps to choose from. Maps over places
    are overlays; those of channels or scales are bars. Everything can be reached by the keyboard, and stands in a
    table too.

    Args:
        looks: One or several.
        title: Heading of the page.

    Returns:
        The page. It asks no network for anything, and its own content security policy forbids it to.
    """
    several = [looks] if isinstance(looks, ImageLook) else list(looks)
    return document(title, [image_block(look, MOST // len(several)) for look in several])


def image_notebook(look: ImageLook) -> str:
    """The page of one look in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it."""
    return framed(image_page(look, look.name or "Where the model looked"), 860)


def label_page(looks: LabelLook | Sequence[LabelLook], title: str = "Which words decided") -> str:
    """Make one HTML page of looks at texts with their labels, complete in itself.

    Each text is shown with its words shaded by their weights, the highest darkest; pointing at one tells its weight,
    and a list names the heaviest. Words that are known to decide are underlined. Of several layers one is chosen.

    Args:
        looks: One or several.
        title: Heading of the page.

    Returns:
        The page. It asks no network for anything, and its own content security policy forbids it to.
    """
    return document(title, [label_block(look) for look in ([looks] if isinstance(looks, LabelLook) else looks)])


def label_notebook(look: LabelLook) -> str:
    """The page of one look in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it."""
    return framed(label_page(look, look.name or "Which words decided"), 420 + len(look.text) // 3)


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
