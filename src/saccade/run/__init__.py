"""Runs: a folder that holds all that is needed to use a model, how it is made, and what one does with it."""

from saccade.run.answers import Answer
from saccade.run.comparison import Comparison, compare
from saccade.run.evaluation import Evaluation, Figure
from saccade.run.looked import Looked
from saccade.run.model import Model, load
from saccade.run.train import Begun, train

__all__ = ["Answer", "Begun", "Comparison", "Evaluation", "Figure", "Looked", "Model", "compare", "load", "train"]
