"""What the documentation shows is so: snippets run, recipes load, commands parse, links lead somewhere."""

import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import typer.main

from saccade.cli.app import app
from saccade.recipes.build import check_parts
from saccade.recipes.load import builtin_recipes, load_recipe

ROOT = Path(__file__).parents[1]
INDEX = ROOT / "docs" / "README.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCRIPTS = sorted((ROOT / "examples").rglob("*.sh"))
SHELL = {"", "bash", "console"}
# The runs that the pages speak of; here they are all one of each task, trained in a blink.
RUNS = ["dates", "dates-initial"]
IMAGE_RUNS = ["clutter", "clutter-plain"]
LABEL_RUNS = ["requests"]
TINY_LABELS = """\
name: tiny-requests
task: text-to-label
data: {set: requests, train: {texts: 17}, validation: {texts: 13}, test: {texts: 11}}
tokenizer: {kind: word}
model: {encoder: {d_state: 3}, embeddings: {d_embedding: 5}}
training: {max_updates: 2, precision: float32}
"""
TINY_IMAGES = """\
name: tiny-clutter
task: image-to-label
data: {set: clutter, options: {size: 43}, train: {images: 17}, validation: {images: 13}, test: {images: 11}}
model: {encoder: {kind: convnet, depth: 8, width: 3, gate: spatial}}
training: {max_updates: 2, precision: float32}
"""


class Block(NamedTuple):
    """A fenced block of a page, or a whole script."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


class Command(NamedTuple):
    """A use of `saccade` in shell lines."""

    block: Block
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.block}: {' '.join(self.words)}"


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks; `python no-run` is for what takes too long, or is a part of something."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```([^\n]*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1].strip(), found[2])


def commands(block: Block) -> Iterator[Command]:
    for line in block.text.replace("\\\n", " ").splitlines():
        for part in re.split(r" (?:[|>;&]|&&) ?", line.strip().removeprefix("$ ")):
            if part.startswith("saccade "):
                words = shlex.split(part, comments=True)[1:]
                # What a script puts in is not known here.
                yield Command(block, tuple(word for word in words if not word.startswith("${")))


ALL = [block for page in PAGES for block in blocks(page)]
RECIPES = [block for block in ALL if block.language == "yaml"]
SHOWN = [block for block in ALL if block.language in SHELL]
WHOLE_SCRIPTS = [Block(path, 1, "bash", path.read_text(encoding="utf-8")) for path in SCRIPTS]
COMMANDS = [command for block in [*SHOWN, *WHOLE_SCRIPTS] for command in commands(block)]
TRAININGS = [command for block in SHOWN for command in commands(block) if command.words[0] == "train"]


@pytest.fixture(scope="module")
def tiny_image_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of images; to be read, not changed."""
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-images")
    (folder / "tiny.yaml").write_text(TINY_IMAGES, encoding="utf-8")
    return train(folder / "tiny.yaml", folder / "run").path


@pytest.fixture(scope="module")
def tiny_label_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of texts with labels; to be read, not changed."""
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-labels")
    (folder / "tiny.yaml").write_text(TINY_LABELS, encoding="utf-8")
    return train(folder / "tiny.yaml", folder / "run").path


@pytest.fixture
def somewhere(
    tiny_run: Path, tiny_image_run: Path, tiny_label_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with the runs that the pages speak of."""
    (tmp_path / "runs").mkdir()
    for name in RUNS:
        (tmp_path / "runs" / name).symlink_to(tiny_run)
    for name in IMAGE_RUNS:
        (tmp_path / "runs" / name).symlink_to(tiny_image_run)
    for name in LABEL_RUNS:
        (tmp_path / "runs" / name).symlink_to(tiny_label_run)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def name_of(recipe: Block) -> str:
    return re.findall(r"^name: (\S+)", recipe.text, re.MULTILINE)[0]


def from_root(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", sorted({block.page for block in ALL if block.language == "python"}), ids=from_root)
@pytest.mark.usefixtures("somewhere")
def test_snippets_run(page: Path) -> None:
    names: dict[str, object] = {"__name__": "snippet"}
    for block in blocks(page):
        if block.language == "python":
            exec(compile(block.text, str(block), "exec"), names)
    for name, value in names.items():
        if name.startswith("test_") and callable(value):
            value()


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_recipes_load(recipe: Block, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(recipe.text, encoding="utf-8")
    loaded = load_recipe(path)
    check_parts(loaded)
    assert loaded.recipe.name == name_of(recipe)


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_commands_parse(command: Command) -> None:
    group = typer.main.get_command(app)
    verbs = group.commands  # pyright: ignore[reportAttributeAccessIssue]
    verb, *arguments = command.words
    if verb.startswith("-"):
        assert verb in {name for option in group.params for name in option.opts} | {"--help"}
        return
    assert verb in verbs
    if "--help" not in arguments:
        verbs[verb].make_context(verb, arguments)


@pytest.mark.parametrize("command", TRAININGS, ids=str)
def test_trainings_are_of_recipes(command: Command, tmp_path: Path) -> None:
    _, name, *words = command.words
    options = [value for flag, value in itertools.pairwise(words) if flag == "--set"]
    if name not in builtin_recipes():
        shown = {name_of(block): block.text for block in blocks(command.block.page) if block.language == "yaml"}
        path = tmp_path / name
        path.write_text(shown[path.stem], encoding="utf-8")
        name = str(path)
    check_parts(load_recipe(name, options))


@pytest.mark.parametrize("page", PAGES, ids=from_root)
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, heading = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{target} is not there"
        assert not heading or heading in headings(found), f"{target} has no such heading"


def test_every_page_is_in_the_index() -> None:
    listed = {(INDEX.parent / target.partition("#")[0]).resolve() for target in links(INDEX)}
    assert {page for page in INDEX.parent.rglob("*.md") if page != INDEX} <= listed


def test_make_targets_exist() -> None:
    rules = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    shown = {name for block in ALL for name in re.findall(r"^(?:\$ )?make ([a-z]+)", block.text, re.MULTILINE)}
    assert shown
    assert shown <= set(rules)


def links(page: Path) -> list[str]:
    """The targets of the links to other files."""
    text = page.read_text(encoding="utf-8")
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not target.startswith(("http", "mailto:"))]


def headings(page: Path) -> set[str]:
    """The names that a page's headings are linked by."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}
