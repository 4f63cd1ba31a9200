"""The tasks that a recipe may be of, each with its frame; no torch."""

from collections.abc import Mapping
from typing import Any, Final

from saccade.errors import OptionError, did_you_mean
from saccade.recipes.image_to_label.schema import ImageRecipe
from saccade.recipes.image_to_text.schema import ImageTextRecipe
from saccade.recipes.masked_text.schema import MaskedRecipe
from saccade.recipes.schema import Recipe
from saccade.recipes.text_to_label.schema import TextLabelRecipe
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.recipes.yaml_lines import Places

TASKS: Final[dict[str, type[Recipe]]] = {
    "image-to-label": ImageRecipe,
    "image-to-text": ImageTextRecipe,
    "masked-text": MaskedRecipe,
    "text-to-label": TextLabelRecipe,
    "text-to-text": TextRecipe,
}
DEFAULT: Final = "text-to-text"
"""What a recipe is of that does not say it."""


def frame_of(tree: Mapping[str, Any], places: Places) -> type[Recipe]:
    """The frame that a recipe must have, by its `task`.

    Raises:
        OptionError: There is no such task.
    """
    task = tree.get("task", DEFAULT)
    if not isinstance(task, str) or task not in TASKS:
        place = f"{places['task',]}: " if ("task",) in places else ""
        raise OptionError(f"{place}`task` is {task!r}, which is not known. {did_you_mean(str(task), TASKS)}")
    return TASKS[task]
