"""What every task's `build` does, by the task of a recipe. Imports torch."""

from collections.abc import Callable
from typing import Final

from saccade.recipes.image_to_label.build import check_parts as check_image_to_label
from saccade.recipes.image_to_text.build import check_parts as check_image_to_text
from saccade.recipes.load import Loaded
from saccade.recipes.masked_text.build import check_parts as check_masked_text
from saccade.recipes.text_to_label.build import check_parts as check_text_to_label
from saccade.recipes.text_to_text.build import check_parts as check_text_to_text

CHECKS: Final[dict[str, Callable[[Loaded], None]]] = {
    "image-to-label": check_image_to_label,
    "image-to-text": check_image_to_text,
    "masked-text": check_masked_text,
    "text-to-label": check_text_to_label,
    "text-to-text": check_text_to_text,
}


def check_parts(loaded: Loaded) -> None:
    """Hold all options of all parts against their constructors, before any data is read.

    Raises:
        OptionError: A part or an option does not exist, has another kind of value, or does not fit the others.
    """
    CHECKS[loaded.recipe.task](loaded)
