"""The residual attention network: mask branches that weigh what trunk branches see."""

from collections.abc import Sequence
from typing import final, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.checks import check_known, check_positive
from saccade.encoders.convolutional import Convolutional
from saccade.encoders.image_encoder import least_halved
from saccade.encoders.residual_unit import Form, PreActivatedUnit, activation, stem
from saccade.errors import OptionError
from saccade.gates import Gate, ResidualMask
from saccade.gates.residual_mask import Learning, Normalisation

POOLINGS = (3, 2, 1)
"""How often the mask branch of each stage halves: all come down to the same few places."""

LAST_UNITS = 3
"""Residual units after the last stage."""


@final
class ResidualAttention(Convolutional):
    r"""Read images with attention modules, each of which weighs places and channels of its trunk by a mask.

    $H = (1 + M(x)) \cdot T(x)$ with attention residual learning, $H = M(x) \cdot T(x)$ with naive.

    The depth of the trunk is 3 times (6 + the number of modules times 2p + t) plus 2: with t = 2 and p = 1 the modules
    (1, 1, 1) make Attention-56 in both forms; (1, 2, 3) make Attention-92 at 224×224; (2, 2, 2) make Attention-92 and
    (6, 6, 6) Attention-236 at 32×32.

    Args:
        channels: Of the images.
        form: `small`: for images of about 32×32, the grid is a quarter as high and wide; `large`: for about 224×224, a
            stem of 7×7 and a max-pooling, a 32nd. Any size from the least one on is read by the same rule.
        modules: Attention modules of each of the three stages.
        p: Residual units before and after the branches of a module.
        t: Residual units of a trunk branch.
        r: Residual units of a mask branch between two poolings.
        width: Of the first stage, the next ones having twice as much each; None: 64 with `small`, 256 with `large`.
        learning: `residual`: the mask adds to the trunk; `naive`: it only takes away.
        normalisation: Of the masks: see `ResidualMask`.
        hard: Whether the masks are 0 or 1.
        keep: The fraction of ones that a hard mask aims at.

    Raises:
        OptionError: Not three numbers of modules, a number below 1, a width that bottlenecks cannot quarter.

    Example:
        >>> encoder = ResidualAttention(width=8, modules=(1, 1, 1))
        >>> encoder(torch.zeros(2, 3, 33, 31)).memory.values.shape
        torch.Size([2, 72, 32])

    Source:
        Wang et al. 2017, arXiv:1704.06904, section 3, tables 2 (large) and 4 (small); depth: section 4.1.

    Differs:
        The paper does not give the widths for 32×32: here 64, 128, 256 and three more units of 256, which come to its
        number of parameters. No layer of labels: that is the classifier's. With one of 10 or 1,000 labels there are, in
        parameters (the paper's) and multiply-adds (the paper's), at 32×32 Attention-56 1.15 M, 0.12 G; -92 1.96 M
        (1.9 M), 0.21 G; -236 5.20 M (5.1 M), 0.57 G; at 224×224 Attention-56 31.8 M (31.9 M), 6.3 G (6.2 G); -92 52.5 M
        (51.3 M), 10.5 G (10.4 G). What else differs in the masks: see `ResidualMask`.
    """

    def __init__(
        self,
        channels: int = 3,
        *,
        form: Form = "small",
        modules: Sequence[int] = (1, 1, 1),
        p: int = 1,
        t: int = 2,
        r: int = 1,
        width: int | None = None,
        learning: Learning = "residual",
        normalisation: Normalisation = "mixed",
        hard: bool = False,
        keep: float = 0.3,
    ) -> None:
        check_known("form", form, get_args(Form))
        width = {"small": 64, "large": 256}[form] if width is None else width
        _check(modules, width, channels=channels, p=p, t=t, r=r)
        large = form == "large"
        # The masks of the first stage halve most often, and what they read was halved by the stem alone. Spatial masks
        # tell cells apart by nothing but their place: two must be left after the last halving.
        least = least_halved(POOLINGS[0] + (2 if large else 0) + (normalisation == "spatial"))
        super().__init__(channels, width * (8 if large else 4), least, halvings=5 if large else 2)
        self.stem = stem(channels, width // 4, form)

        def module(d_out: int, poolings: int) -> AttentionModule:
            mask = ResidualMask(
                d_out,
                unit=lambda channels: PreActivatedUnit(channels, channels),
                steps=poolings,
                r=r,
                learning=learning,
                normalisation=normalisation,
                hard=hard,
                keep=keep,
            )
            return AttentionModule(d_out, p, t, mask)

        self.stages = nn.Sequential()
        d_in = width // 4
        for stage, (count, poolings) in enumerate(zip(modules, POOLINGS, strict=True)):
            d_out = width * 2**stage
            self.stages.append(PreActivatedUnit(d_in, d_out, stride=1 if stage == 0 else 2))
            self.stages.extend(module(d_out, poolings) for _ in range(count))
            d_in = d_out
        self.last = nn.Sequential(
            PreActivatedUnit(d_in, self.d_memory, stride=2 if large else 1),
            *(PreActivatedUnit(self.d_memory, self.d_memory) for _ in range(LAST_UNITS - 1)),
            *activation(self.d_memory),
        )
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


@final
class AttentionModule(nn.Module):
    r"""Weigh what a trunk branch sees by a mask that is computed from what the trunk reads.

    Args:
        channels: Of the input and the output.
        p: Residual units before and after the branches.
        t: Residual units of the trunk branch.
        mask: Weighs the output of the trunk.

    Source:
        Wang et al. 2017, arXiv:1704.06904, section 3 and figure 2.
    """

    def __init__(self, channels: int, p: int, t: int, mask: Gate) -> None:
        super().__init__()
        self.before, self.trunk, self.after = (_units(channels, count) for count in (p, t, p))
        self.mask = mask

    def forward(self, x: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel height width"]:
        read = self.before(x)
        return self.after(self.mask(self.trunk(read), read))


def _units(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(PreActivatedUnit(channels, channels) for _ in range(count)))


def _check(modules: Sequence[int], width: int, **sizes: int) -> None:
    check_positive(**sizes)
    if len(modules) != len(POOLINGS) or min(modules) < 1:
        raise OptionError(
            f"`modules` must be {len(POOLINGS)} numbers from 1 on, one for each stage, but is {list(modules)}. Take "
            "[1, 1, 1] for Attention-56."
        )
    if width < 4 or width % 4:
        raise OptionError(
            f"`width` must be a multiple of 4, since units narrow to a quarter of it, but is {width}. "
            f"Take {max(4, width - width % 4)}."
        )
