import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.test_storage import no_file_over
from tests.training.example import ExampleModel
from tests.training.test_optimiser import stepped

from saccade.errors import RunError, StorageError
from saccade.training.checkpoint import Checkpoints, Position
from saccade.training.optimiser import adamw, optimiser_tensors

GENERATORS = [{"torch": "00"}]


def saved(folder: Path, updates: list[int], **position: object) -> tuple[Checkpoints, ExampleModel]:
    checkpoints, model = Checkpoints(folder), ExampleModel(dropout=0.0)
    optimiser = stepped(model)
    for update in updates:
        checkpoints.save(model, optimiser, Position(update=update, **position), GENERATORS)  # pyright: ignore
    return checkpoints, model


def held(checkpoints: Checkpoints) -> dict[str, set[str]]:
    return {path.name: {file.stem for file in path.iterdir()} for path in sorted(checkpoints.folder.iterdir())}


def test_all_comes_back(tmp_path: Path) -> None:
    position = Position(epoch=3, batch=5, update=17, tokens=1234, elapsed_s=5.5, best={"bleu": 31.5}, best_update=13)
    checkpoints, model = Checkpoints(tmp_path), ExampleModel(dropout=0.0)
    optimiser = stepped(model)
    checkpoints.save(model, optimiser, position, GENERATORS)
    other = ExampleModel()
    its_optimiser = adamw(other, weight_decay=0.1, betas=(0.8, 0.9))
    assert checkpoints.load(17, other, its_optimiser) == (position, GENERATORS)
    for name, value in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], value)
    for name, value in optimiser_tensors(model, optimiser).items():
        assert torch.equal(optimiser_tensors(other, its_optimiser)[name], value)


def test_nothing_is_pickled(tmp_path: Path) -> None:
    saved(tmp_path, [3])
    suffixes = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert suffixes == {".safetensors", ".json"}


def test_two_stay_whole_and_what_will_be_averaged_keeps_its_weights(tmp_path: Path) -> None:
    checkpoints, _ = saved(tmp_path, [2, 3, 5, 7, 11], validated=[3, 7, 11], best_update=2)
    whole = {"model", "optimiser", "state"}
    expected = {"00000002": {"model"}, "00000003": {"model"}, "00000007": whole, "00000011": whole}
    assert held(checkpoints) == expected
    assert checkpoints.latest() == 11


def test_what_the_one_before_the_newest_wants_keeps_its_weights(tmp_path: Path) -> None:
    """When the newest is damaged, a training goes on from the one before, whose best is another."""
    checkpoints, model = saved(tmp_path, [2, 3, 5], validated=[3], best_update=2)
    checkpoints.save(model, stepped(model), Position(update=7, validated=[7], best_update=7), GENERATORS)
    whole = {"model", "optimiser", "state"}
    assert held(checkpoints) == {"00000002": {"model"}, "00000003": {"model"}, "00000005": whole, "00000007": whole}
    truncate(checkpoints.path(5) / "state.json")
    checkpoints.save(model, stepped(model), Position(update=7, validated=[7], best_update=7), GENERATORS)
    assert held(checkpoints).keys() == {"00000005", "00000007"}


def test_none_is_the_latest_of_none(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path / "nothing").latest() is None


def test_a_full_disk_leaves_the_earlier_ones(tmp_path: Path) -> None:
    checkpoints, model = saved(tmp_path, [2, 3])
    before = held(checkpoints)
    with no_file_over(1500), pytest.raises(StorageError, match=r"00000005` could not be written: .*File too large"):
        checkpoints.save(model, stepped(model), Position(update=5), GENERATORS)
    assert held(checkpoints) == before


def test_what_a_killed_process_left_is_no_checkpoint(tmp_path: Path) -> None:
    checkpoints, _ = saved(tmp_path, [2])
    (tmp_path / ".00000003.4194304.writing").mkdir()
    (tmp_path / "00000005").mkdir()
    assert checkpoints.latest() == 2
    checkpoints.clean_up()
    assert not (tmp_path / ".00000003.4194304.writing").exists()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def garble(path: Path) -> None:
    path.write_text('{"format": 1}')


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", truncate),
        ("optimiser.safetensors", truncate),
        ("optimiser.safetensors", Path.unlink),
        ("model.safetensors", Path.unlink),
        ("state.json", truncate),
        ("state.json", garble),
    ],
)
def test_damage_is_told_and_the_way_out(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    checkpoints, model = saved(tmp_path, [2, 3])
    damage(tmp_path / "00000003" / name)
    message = r"00000003` is damaged: .* Remove this folder to go on from the checkpoint before it, 00000002\."
    with pytest.raises(RunError, match=message):
        checkpoints.load(3, model, stepped(model))


def test_damage_of_the_only_one_leaves_no_way_out(tmp_path: Path) -> None:
    checkpoints, model = saved(tmp_path, [3])
    truncate(tmp_path / "00000003" / "state.json")
    with pytest.raises(RunError, match=r"is damaged: .* Train the run anew, into another folder\."):
        checkpoints.load(3, model, stepped(model))


def test_a_newer_version_is_told(tmp_path: Path) -> None:
    checkpoints, model = saved(tmp_path, [3])
    path = tmp_path / "00000003" / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2, "saccade": "9.1"}))
    message = r"has checkpoint format 2, of a newer Saccade \(9\.1\)\. This one reads up to 1\. Update Saccade\."
    with pytest.raises(RunError, match=message):
        checkpoints.load(3, model, stepped(model))
