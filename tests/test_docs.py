"""What the documents show is true: commands and options exist, recipes load, links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main
import yaml

from saccade.cli.app import app
from saccade.recipes.load import builtin_recipes, check

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
SCRIPTS = sorted((ROOT / "examples").rglob("*.sh"))


def commands(path: Path) -> list[list[str]]:
    """The words of every command of saccade in a page's code, or in a script."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = re.findall(r"```(?:console|bash|sh)\n(.*?)```", text, flags=re.DOTALL) if path.suffix == ".md" else [text]
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    found = [re.search(r"(?:^|[|] )saccade ([^|>&]*)", line) for line in lines if not line.startswith("#")]
    return [shlex.split(match[1], comments=True) for match in found if match]


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_and_option_exists(path: Path) -> None:
    known = typer.main.get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    for words in commands(path):
        if words[0].startswith("--"):
            continue
        assert words[0] in known, words
        options = {name for parameter in known[words[0]].params for name in parameter.opts} | {"--help"}
        used = {word.partition("=")[0] for word in words[1:] if word.startswith("--")}
        assert used <= options, words
        if words[0] == "train" and not words[1].startswith(("-", "RECIPE", "$")) and "." not in words[1]:
            assert words[1] in builtin_recipes(), words


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whole_recipes_in_a_page_are_right(path: Path) -> None:
    for block in re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL):
        tree = yaml.safe_load(block)
        if isinstance(tree, dict) and {"name", "data", "training"} <= set(tree):
            assert check(tree, {}).name == tree["name"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if not link.startswith(("http:", "https:", "mailto:")):
            assert (path.parent / link).exists(), link
