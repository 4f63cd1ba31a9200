"""A sweep of a tiny recipe, trained in earnest."""

import pytest
from tests.conftest import write_tiny

from saccade.run.sweep.measures import Measured, measure, wish
from saccade.run.sweep.plan import plan
from saccade.run.sweep.training import Sweep
from saccade.training.progress import Silent

OVER = ("model.attention.score=additive,general",)
OPTIONS = ("training.log_every=1",)


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Two runs that came to their end; to be read, not changed."""
    folder = tmp_path_factory.mktemp("tiny-sweep")
    sweep = Sweep(plan(write_tiny(folder), OPTIONS, over=OVER), folder / "sweep")
    sweep.train(lambda line: None, Silent())
    return sweep


@pytest.fixture(scope="session")
def measured(swept: Sweep) -> list[Measured]:
    """What the two runs came to."""
    return measure(swept, wish(swept.plan, beam=2), lambda line: None)
