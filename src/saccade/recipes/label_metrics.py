"""The metrics of a recipe whose answers are labels. Imports torch."""

from saccade.metrics import LABEL_METRICS, LabelMetric
from saccade.recipes.schema import Recipe


def make_metrics(recipe: Recipe) -> dict[str, LabelMetric]:
    """Make the metrics of a recipe, by name."""
    return {part.kind: LABEL_METRICS[part.kind](**part.options) for part in recipe.evaluation.metrics}
