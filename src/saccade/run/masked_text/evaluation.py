"""How well hidden tokens are guessed."""

from typing import Any, NamedTuple, final

from saccade.metrics import Guesses
from saccade.recipes.masked_text.build import make_metrics
from saccade.recipes.masked_text.schema import MaskedRecipe
from saccade.run.figures import Figure, figure_of, figures_to_json


@final
class Evaluation(NamedTuple):
    """All figures of a model on some texts.

    Attributes:
        figures: By name of the metric.
        texts: How many were read.
        tokens: How many of their tokens were hidden.
    """

    figures: dict[str, Figure]
    texts: int
    tokens: int

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "texts": self.texts,
            "tokens": self.tokens,
            "figures": figures_to_json(self.figures),
        }


def evaluated(recipe: MaskedRecipe, guesses: Guesses) -> Evaluation:
    """Measure guesses, by the metrics of a recipe; the signature says what was hidden."""
    masking = recipe.masking
    hidden = f"|chosen:{masking.chosen}|masked:{masking.masked}|random:{masking.random}|seed:{recipe.seed}"
    figures = {
        name: figure_of(metric, metric.statistics(guesses), hidden) for name, metric in make_metrics(recipe).items()
    }
    return Evaluation(figures, len(guesses.tokens), int(guesses.tokens.sum()))
