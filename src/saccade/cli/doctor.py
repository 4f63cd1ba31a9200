"""`saccade doctor`: what this machine has, for oneself and for a report of a fault."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from saccade.cli.options import AsJson

GIB = 2**30
ENOUGH_GIB = 2.0


def doctor(as_json: AsJson = False) -> None:
    """Say versions, processor, precision, fonts, data and disk; exit code 1 where something will not work."""
    from saccade.run.environment import environment
    from saccade.training.precision import taken, training_device

    facts = environment()
    del facts["started"]
    found = {
        **facts,
        "precision": taken("auto", training_device()),
        "fonts": _fonts(),
        "data": _data(),
        "disk": _disk(),
    }
    troubles = _troubles(found)
    if as_json:
        print(json.dumps({**found, "troubles": troubles}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found)))
        print("\n".join(f"TROUBLE: {trouble}" for trouble in troubles) or "All is well.")
    if troubles:
        raise typer.Exit(1)


def _fonts() -> int:
    from matplotlib import font_manager

    return len({font.name for font in font_manager.fontManager.ttflist})


def _data() -> dict[str, Any]:
    """Which built-in sets can be read, and where the others can be had."""
    from saccade.data.sets import IMAGE_SETS, LABELLED_TEXT_SETS, SETS, TEXT_IMAGE_SETS
    from saccade.data.sets.home import set_file

    sets = {name: _state(name, lambda read=read: f"{len(read('test')):,} test pairs") for name, read in SETS.items()}
    # Images are not all unpacked to be counted, nor several lists read for one set.
    others = (*LABELLED_TEXT_SETS, *IMAGE_SETS, *TEXT_IMAGE_SETS)
    sets |= {name: _state(name, lambda name=name: f"in {set_file(name)}") for name in others}
    return {"SACCADE_DATA": os.environ.get("SACCADE_DATA"), "sets": sets}


def _state(name: str, found: Callable[[], str]) -> str:
    from saccade.data.sets.home import PLACES
    from saccade.errors import MissingError, SaccadeError

    if name not in PLACES:
        return "made as wanted"
    try:
        return found()
    except MissingError:
        return f"not there: {PLACES[name].folder} below SACCADE_DATA, to be had from {PLACES[name].source}"
    except SaccadeError as error:
        return str(error)


def _disk() -> dict[str, float]:
    return {
        name: round(shutil.disk_usage(folder).free / GIB, 1)
        for name, folder in {"here": Path.cwd(), "temporary": Path(os.environ.get("TMPDIR", "/tmp"))}.items()
    }


def _troubles(found: dict[str, Any]) -> list[str]:
    missing = [name for name, version in found["packages"].items() if version is None]
    troubles = [f"{name} is not installed: pip install {name}" for name in missing]
    troubles += [
        f"{gib} GiB free on the disk ({name}): checkpoints and data need more"
        for name, gib in found["disk"].items()
        if gib < ENOUGH_GIB
    ]
    return troubles


def _lines(found: dict[str, Any]) -> list[str]:
    machine, data = found["machine"], found["data"]
    packages = ", ".join(f"{name} {version}" for name, version in found["packages"].items())
    home = data["SACCADE_DATA"] or "not set: it names the folder of the sets that don't come with Saccade"
    return [
        f"saccade    {found['saccade']}, commit {found['commit'] or 'unknown'}",
        f"python     {found['python']}; {packages}",
        f"machine    {machine['processor']}, {machine['cores']} cores, {machine['system']}",
        f"device     {machine['accelerator'] or 'processor'}, {machine['threads']} threads",
        f"precision  `auto` is {found['precision']}",
        f"fonts      {found['fonts']}",
        f"disk       {', '.join(f'{gib} GiB free {name}' for name, gib in found['disk'].items())}",
        f"data       SACCADE_DATA {home}",
        *(f"           {name}: {says}" for name, says in data["sets"].items()),
    ]
