"""Every table that is about tasks names all of them."""

import pytest

from saccade.cli import compare, evaluate, look, predict
from saccade.recipes.build import CHECKS
from saccade.recipes.tasks import TASKS as FRAMES
from saccade.run.image_to_label.files import LABELS
from saccade.run.image_to_text.files import TEXTS
from saccade.run.tasks import TASKS
from saccade.run.text_to_label.files import LABELS as TEXT_LABELS
from saccade.run.text_to_text.files import TOKENIZER


def test_every_task_can_be_built_and_run() -> None:
    assert set(FRAMES) == set(CHECKS) == set(TASKS)


def test_each_names_the_file_that_its_folder_holds() -> None:
    assert {name: task.file for name, task in TASKS.items()} == {
        "image-to-label": LABELS,
        "image-to-text": TEXTS,
        "masked-text": TOKENIZER,
        "text-to-label": TEXT_LABELS,
        "text-to-text": TOKENIZER,
    }


@pytest.mark.parametrize("verb", [compare, evaluate, look, predict], ids=lambda verb: verb.__name__)
def test_every_verb_knows_every_task(verb: object) -> None:
    assert set(getattr(verb, "TASKS")) == set(TASKS)  # noqa: B009


@pytest.mark.parametrize("task", FRAMES)
def test_a_frame_says_its_own_task(task: str) -> None:
    assert FRAMES[task].model_fields["task"].default == task
