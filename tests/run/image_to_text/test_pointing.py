"""Looks at characters: tokens get the boxes of their characters, and a box is never finer than a cell."""

import numpy as np
import torch
from torch.testing import assert_close

from saccade.data.text_images import TextImages
from saccade.data.tokenizers import Tokenizer
from saccade.models import DecoderOptions, Embeddings, ReaderOptions, assemble_captioner
from saccade.run.image_to_text.pointing import forced_looks, pointing_of, token_boxes, widened

BOXES = np.array([[0, 2, 3, 9], [3, 1, 5, 9], [5, 0, 8, 8], [8, 4, 9, 9]], np.float32)
TEXT = "ab c"


def test_a_piece_has_the_box_around_its_characters() -> None:
    tokenizer = Tokenizer.train(["ab c", "ab ab"], kind="word")
    found = token_boxes(TEXT, tokenizer.encode(TEXT), BOXES)
    assert {place: box.tolist() for place, box in found.items()} == {0: [0, 1, 5, 9], 1: [8, 4, 9, 9]}


def test_small_boxes_become_a_cell_in_the_image_and_large_ones_stay() -> None:
    boxes = np.array([[0, 3, 1, 30], [20, 3, 40, 5], [62, 31, 64, 32]], np.float32)
    found = widened(boxes, (0.0, 4.0), (8.0, 16.0), (32, 64))
    assert found.tolist() == [[0, 3, 4, 30], [20, 0, 40, 8], [60, 24, 64, 32]]
    whole = widened(boxes, (0.0, 4.0), (0.0, 32.0), (32, 64))
    assert whole[:, 1].tolist() == [0, 0, 0]
    assert whole[:, 3].tolist() == [32, 32, 32]


def test_looks_are_those_of_the_right_text_one_by_one() -> None:
    torch.manual_seed(3)
    images = TextImages(np.random.default_rng(3).integers(0, 256, (3, 9, 17, 3), dtype=np.uint8), ["a", "cab", "bc"])
    tokenizer = Tokenizer.train(images.texts, kind="char")
    network = assemble_captioner(
        tokenizer.vocabulary_size,
        reader=ReaderOptions(("convnet", {"depth": 8, "width": 3})),
        decoder=DecoderOptions(d_state=7),
        embeddings=Embeddings(d_embedding=3),
        size=(9, 17),
    ).eval()
    found = forced_looks(network, tokenizer, images)
    # A token a character, and the end.
    assert [look.shape for look in found] == [(2, 15), (4, 15), (3, 15)]
    for place, text in enumerate(images.texts):
        pixels = torch.from_numpy(images.stack([place])).permute(0, 3, 1, 2)
        with torch.no_grad():
            step = network.read(pixels, None)
            state, looks = step.start(), []
            for token in [1, *tokenizer.encode(text).ids[:-1]]:
                output = step(torch.tensor([token]), state)
                state = output.state
                assert output.weights is not None
                looks.append(output.weights[0])
        assert_close(torch.from_numpy(found[place]), torch.stack(looks))
    assert pointing_of(network, tokenizer, images) is None
