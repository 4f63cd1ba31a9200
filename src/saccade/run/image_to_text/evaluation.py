"""How good a model's texts are, and whether it looks at the character that it writes."""

from typing import Any, NamedTuple, final

from saccade.maps import Liveliness
from saccade.metrics import Pointing
from saccade.run.figures import Figure, figures_to_json


@final
class Evaluation(NamedTuple):
    """All figures of a model on some images.

    Attributes:
        figures: By name of the metric.
        outputs: What the model read.
        pointing: Whether its looks fall on the character being written; None where no boxes are known, or none is
            looked at.
        maps: How lively its maps were, if it looks.
    """

    figures: dict[str, Figure]
    outputs: list[str]
    pointing: Pointing | None
    maps: Liveliness | None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types, without the outputs."""
        return {
            "images": len(self.outputs),
            "figures": figures_to_json(self.figures),
            "maps": None if self.maps is None else self.maps.to_json(),
            "pointing": None
            if self.pointing is None
            else {"characters": self.pointing.images, **self.pointing.to_json()},
        }
