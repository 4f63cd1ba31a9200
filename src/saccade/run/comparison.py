"""Several models on the same data: which is better, and how sure that is."""

from collections.abc import Sequence
from typing import Any

from saccade.errors import OptionError
from saccade.run.model import Model
from saccade.run.tasks import TASKS


def compare(models: Sequence[Model], data: Any = "validation", *, metric: str | None = None, **options: Any) -> Any:
    """Let several models answer the same inputs, and compare them by the paired bootstrap.

    Args:
        models: Two or more of one task; the first is what the others are held to, and its recipe names the metrics.
        data: The name of a split of the first model's recipe, or data of one's own.
        metric: By default the first of the recipe.
        **options: Of answering, such as those of the recipes' section `search`.

    Raises:
        OptionError: The models are of several tasks, or the recipe of the first has no such metric.
    """
    return TASKS[check_one_task(models)].compare(models, data, metric=metric, **options)


def check_one_task(models: Sequence[Model]) -> str:
    """Refuse models of several tasks; give the one.

    Raises:
        OptionError: They are of several.
    """
    tasks = {model.recipe.task: model for model in models}
    if len(tasks) > 1:
        named = ", ".join(f"{model.path} is {task}" for task, model in tasks.items())
        raise OptionError(f"Runs of different tasks can't be compared: {named}. Name runs of one task.")
    return models[0].recipe.task
