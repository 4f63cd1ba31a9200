"""What a classifier makes of images: a number for each label."""

import numpy as np
import torch
from jaxtyping import Float

from saccade.data.image_batches import batches_in_order
from saccade.data.images import LabelledImages
from saccade.models.classifier import Classifier

# Images in a batch: more are not faster.
AT_ONCE = 128


@torch.no_grad()
def logits_of(network: Classifier, images: LabelledImages) -> Float[np.ndarray, "image label"]:
    """Score each label for each image, in their order; the network is in evaluation mode."""
    device = next(network.parameters()).device
    batches = batches_in_order(images, AT_ONCE)
    return np.concatenate([network.logits(batch.images.to(device)).float().cpu().numpy() for batch in batches])
