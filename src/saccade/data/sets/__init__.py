"""The built-in sets: `TABLE[name](split, **options)` gives pairs, labelled texts or images, or images of texts."""

from collections.abc import Callable
from typing import Final

from saccade.data.images import LabelledImages
from saccade.data.labelled_texts import LabelledTexts
from saccade.data.pairs import Pairs
from saccade.data.sets.bible import bible
from saccade.data.sets.cifar10 import cifar10
from saccade.data.sets.clutter import clutter
from saccade.data.sets.cluttered_mnist import cluttered_mnist
from saccade.data.sets.dates import dates
from saccade.data.sets.g2p import g2p
from saccade.data.sets.hansards import hansards, hansards_links
from saccade.data.sets.iiit5k import iiit5k
from saccade.data.sets.mnist import mnist
from saccade.data.sets.multi30k import multi30k
from saccade.data.sets.printed_numbers import printed_numbers
from saccade.data.sets.requests import requests
from saccade.data.sets.tatoeba_zh_en import tatoeba_zh_en
from saccade.data.sets.word_languages import word_languages
from saccade.data.text_images import TextImages
from saccade.data.word_links import LinkedPairs

SETS: Final[dict[str, Callable[..., Pairs]]] = {
    "bible": bible,
    "dates": dates,
    "g2p": g2p,
    "hansards": hansards,
    "multi30k": multi30k,
    "tatoeba-zh-en": tatoeba_zh_en,
}

LINKED_SETS: Final[dict[str, Callable[..., LinkedPairs]]] = {"hansards": hansards_links}
"""Pairs of a set whose words are linked by hand."""

IMAGE_SETS: Final[dict[str, Callable[..., LabelledImages]]] = {
    "cifar10": cifar10,
    "clutter": clutter,
    "cluttered-mnist": cluttered_mnist,
    "mnist": mnist,
}

TEXT_IMAGE_SETS: Final[dict[str, Callable[..., TextImages]]] = {
    "iiit5k": iiit5k,
    "printed-numbers": printed_numbers,
}

LABELLED_TEXT_SETS: Final[dict[str, Callable[..., LabelledTexts]]] = {
    "requests": requests,
    "word-languages": word_languages,
}
