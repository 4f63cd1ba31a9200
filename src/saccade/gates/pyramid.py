"""Pyramid gate: at which size of the image."""

from collections.abc import Sequence
from typing import ClassVar, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from saccade.checks import check_positive
from saccade.errors import OptionError
from saccade.gates.fused.weighed_sum import weighed_sum
from saccade.gates.gate import Gate


@final
class Pyramid(Gate):
    r"""Weigh the sizes of an image against each other, at each place.

    $y_i = \sum_s M_{si}\,x_{si}, \quad M_{si} = \exp(h_{si}) / \sum_t \exp(h_{ti}), \quad
    h = f^{1 \times 1}(\text{ReLU}(f^{3 \times 3}([s_1; …; s_S])))$

    The features of all sizes come as one tensor (batch, scale, channel, height, width), see `at_one_size`.
    $9 S D H + H + HS + S$ parameters for $S$ scales, a source of $D$ channels and $H$ hidden units.

    Args:
        channels: How many channels the features have at each scale.
        scales: How many sizes of the image there are, at least 2.
        hidden: How many units the layer between has.
        d_source: How many channels the source has at each scale; None: as many as the features.

    Raises:
        OptionError: A size below 1, fewer than 2 scales.

    Example:
        >>> gate = Pyramid(3, scales=2, hidden=5)
        >>> pyramid = at_one_size([torch.randn(2, 3, 11, 7), torch.randn(2, 3, 6, 4)])
        >>> gate(pyramid).shape, gate.map(pyramid).shape
        (torch.Size([2, 3, 11, 7]), torch.Size([2, 2, 1, 11, 7]))

    Source:
        Chen et al. 2016, arXiv:1511.03339, section 3.2, equations 1 and 2; the network is that of section 3.2 too.

    Differs:
        The paper weighs scores of classes by what it computes from deeper features: give those as `source`.
    """

    axes: ClassVar[tuple[str, ...]] = ("scale", "height", "width")

    def __init__(self, channels: int, *, scales: int = 2, hidden: int = 512, d_source: int | None = None) -> None:
        super().__init__(channels)
        d_source = channels if d_source is None else d_source
        check_positive(hidden=hidden, d_source=d_source)
        if scales < 2:
            raise OptionError(f"`scales` must be at least 2, to choose among, but is {scales}. Try 2.")
        self.compare = nn.Sequential(
            nn.Conv2d(scales * d_source, hidden, 3, padding=1), nn.ReLU(), nn.Conv2d(hidden, scales, 1)
        )

    def map(
        self, source: Float[Tensor, "batch scale d_source height width"]
    ) -> Float[Tensor, "batch scale 1 height width"]:
        """Weigh the sizes at each place against each other."""
        return self.compare(source.flatten(1, 2)).softmax(1).unsqueeze(2)

    def forward(
        self,
        features: Float[Tensor, "batch scale channel height width"],
        source: Float[Tensor, "batch scale d_source height width"] | None = None,
    ) -> Float[Tensor, "batch channel height width"]:
        """Sum up the features of all sizes, as weighed by them or by another source."""
        return weighed_sum(features.unbind(1), self._factor(features if source is None else source))

    def add(
        self,
        features: Float[Tensor, "batch scale channel height width"],
        shortcut: Float[Tensor, "batch channel height width"],
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh, sum up, and add a shortcut."""
        return weighed_sum(features.unbind(1), self._factor(features), shortcut)


def at_one_size(
    pyramid: Sequence[Float[Tensor, "batch channel _height _width"]],
) -> Float[Tensor, "batch scale channel height width"]:
    """Resize the features of several sizes of an image to the largest of them, and stack them."""
    height, width = (max(features.shape[axis] for features in pyramid) for axis in (2, 3))
    return torch.stack(
        [
            functional.interpolate(features, (height, width), mode="bilinear", align_corners=True)
            for features in pyramid
        ],
        1,
    )
