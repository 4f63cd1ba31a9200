"""Several runs answer together."""

from pathlib import Path

import pytest
from tests.conftest import write_tiny

from saccade.errors import OptionError
from saccade.run.tasks import load
from saccade.run.train import train

TEXTS = ["abc", "", "cab b", "ab ab"]


@pytest.fixture(scope="module")
def other_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("other")
    return train(write_tiny(folder), folder / "run", options=["seed=2"]).path


def test_a_model_with_itself_answers_as_alone(tiny_run: Path) -> None:
    model = load(tiny_run)
    assert model.together([load(tiny_run)]).predict(TEXTS) == model.predict(TEXTS)


def test_together_they_look_where_they_look_on_the_mean(tiny_run: Path, other_run: Path) -> None:
    one, other = load(tiny_run), load(other_run)
    both = one.together([other])
    seen = both.look("cab b")
    assert seen.map.weights.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert both.together([one]).look("abc").map.weights.shape[1] == 4
    assert set(both.evaluate().figures) == {"exact", "cer"}


def test_other_tokens_are_refused(tiny_run: Path, tmp_path: Path) -> None:
    recipe = write_tiny(tmp_path)
    run = train(recipe, tmp_path / "run", options=["tokenizer.source.kind=word"]).path
    with pytest.raises(OptionError, match=r"cuts texts into other tokens than .*Train both on the same data"):
        load(tiny_run).together([load(run)])


def test_other_tasks_are_refused(tiny_run: Path, image_run: Path) -> None:
    with pytest.raises(OptionError, match="is a run of image-to-label and can't write together"):
        load(tiny_run).together([load(image_run)])
    with pytest.raises(OptionError, match="a run of image-to-label, of which 2 can't answer together"):
        load(image_run).together([load(image_run)])
