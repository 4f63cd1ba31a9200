import accelerate.tracking
import pytest

from saccade.errors import OptionError
from saccade.training.trackers import check_trackers


def test_an_unknown_tracker_gets_a_suggestion() -> None:
    with pytest.raises(OptionError, match=r"names 'tensorbord', which does not exist. Did you mean `tensorboard`\?"):
        check_trackers(["tensorbord"])


@pytest.mark.parametrize(("name", "package"), [("tensorboard", "tensorboard"), ("comet_ml", "comet-ml")])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, name: str, package: str) -> None:
    monkeypatch.setattr(accelerate.tracking, "get_available_trackers", list)
    with pytest.raises(OptionError, match=rf"{name}', whose package is not installed.*`pip install {package}`"):
        check_trackers([name])


def test_what_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerate.tracking, "get_available_trackers", lambda: ["wandb"])
    check_trackers(["wandb"])
    check_trackers([])
