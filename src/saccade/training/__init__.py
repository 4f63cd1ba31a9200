"""Training: one readable loop (`loop.py`), its options, and checkpoints that a killed run goes on from.

What is exported here does not import torch, so that a recipe can be checked quickly; `train` itself is in
`saccade.training.loop`.
"""

from saccade.training.options import TrainingOptions
from saccade.training.schedule import SCHEDULES

__all__ = ["SCHEDULES", "TrainingOptions"]
