"""Maps of a gate's channels and scales are judged by erasing these from what the gate lets through."""

from collections.abc import Mapping
from typing import Final, final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.data.images import LabelledImages
from saccade.gates import Gate, clamped
from saccade.maps import Faithfulness
from saccade.maps.erasing import Answer, Remembered
from saccade.maps.faithfulness import faithfulness, faithfulness_of_one
from saccade.models.classifier import Classifier
from saccade.recording import Real, listening
from saccade.run.erased_text import in_parts
from saccade.run.examples import drawn

IMAGES: Final = 30
"""Images whose channels are erased, in every gate."""
AT_ONCE: Final = 64
DRAWS: Final = 1
"""Maps that know nothing, for each image: there are many gates, and all their channels."""
Maps = Mapping[Gate, Float[Tensor, "1 *scale channel height width"]]


def judged_channels(network: Classifier, images: LabelledImages, *, seed: int = 0) -> dict[str, Faithfulness]:
    """Judge how every gate weighs its channels, and its scales, by what the network says of the label that it gave.

    An item is a channel, or a channel of a scale; its weight is the mean over places. What is erased of it is, in two
    ways, that it comes through the gate at all (`zero`), or that it is weighed otherwise than in the mean over the
    images (`mean map`).

    Args:
        network: In evaluation mode.
        images: `IMAGES` of them count, drawn.
        seed: Of the images that are drawn, and of the maps that know nothing.

    Returns:
        By gate and by how it was erased; nothing of gates that tell no channels apart.
    """
    pixels = torch.from_numpy(images.stack(drawn(len(images), IMAGES, seed))).permute(0, 3, 1, 2)
    shown = [_Shown(network, image[None]) for image in pixels]
    found = {}
    names = {module: name for name, module in network.named_modules()}
    for gate in shown[0].maps:
        mean = torch.stack([one.maps[gate] for one in shown]).mean(0)
        nothing = torch.full_like(mean, -1.0 if gate.residual else 0.0)
        for how, instead in {"channels to zero": nothing, "channels to mean map": mean}.items():
            examples = [(one.weights(gate), one.answer(gate, instead)) for one in shown]
            judge = (
                faithfulness(examples, draws=DRAWS, seed=seed)
                if len(examples) > 1
                else faithfulness_of_one(*examples[0], seed=seed)
            )
            found[f"{names[gate]}, {how}"] = judge
    return found


@final
class _Shown:
    """An image, the label that it was given, and the maps of the gates that tell channels apart."""

    def __init__(self, network: Classifier, image: Tensor) -> None:
        self._network, self._image = network, image.to(next(network.parameters()).device)
        self.maps: dict[Gate, Tensor] = {}
        with torch.no_grad(), listening(self._hear):
            self._label = int(network.logits(self._image)[0].argmax())

    def weights(self, gate: Gate) -> Float[np.ndarray, " item"]:
        """Of each channel, or of each scale's channels."""
        return self.maps[gate].mean((-2, -1)).flatten().double().cpu().numpy()

    def answer(self, gate: Gate, instead: Tensor) -> Answer:
        """How probable the label is where a gate weighs only some channels by its map, and the others by another."""
        own = self.maps[gate]
        items = own.shape[1:-2]

        @torch.no_grad()
        def asked(seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
            def answers(rows: Tensor) -> Tensor:
                kept = rows.unflatten(1, items)[..., None, None]
                with clamped({gate: torch.where(kept, own, instead)}):
                    logits = self._network.logits(self._image.expand(len(rows), -1, -1, -1))
                return logits.double().softmax(-1)[:, self._label]

            return in_parts(seen, answers, self._image.device, AT_ONCE)

        return Remembered(asked)

    def _hear(self, module: nn.Module, map_: Tensor, _: Real) -> None:
        if isinstance(module, Gate) and "channel" in module.axes:
            self.maps[module] = map_
