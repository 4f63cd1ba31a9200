"""`saccade look`."""

import json
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from saccade.cli.options import AsJson, Beam, Run, Search, search_options


def look(
    run: Run,
    texts: Annotated[list[str], typer.Argument(metavar="TEXT...", help="What is read.")],
    out: Annotated[Path | None, typer.Option(help="Where to: page.html, map.png or map.json.")] = None,
    pieces: Annotated[bool, typer.Option("--pieces", help="Don't join pieces to words.")] = False,
    alternatives: Annotated[int, typer.Option(min=0, help="So many next best answers, each with its map.")] = 0,
    beam: Beam = None,
    search: Search = None,
    as_json: AsJson = False,
) -> None:
    """Show where a model looked for each word of its answer: in the terminal, as a page, a picture or JSON."""
    options = search_options(beam, search)
    from saccade import viewer
    from saccade.run.model import load

    if out is not None:
        viewer.check_suffix(out, viewer.SUFFIXES)
    model = load(run)
    seen = [model.look(text, alternatives=alternatives, **options) for text in texts]
    looks = [(one.pieces() if pieces else one).look for one in seen]
    if as_json:
        print(json.dumps([one.to_json() for one in looks], ensure_ascii=False))
    else:
        width = max(shutil.get_terminal_size().columns, 40)
        shown = [one.output if out else f"{one.source}\n{one.output}\n\n{viewer.blocks(one, width)}" for one in looks]
        print("\n\n".join(shown))
    if out is not None:
        for message in [*viewer.save(looks, out), f"wrote {out}"]:
            print(f"saccade: {message}", file=sys.stderr)
    elif not as_json:
        print("saccade: `--out page.html`, `map.png` or `map.json` keeps it", file=sys.stderr)
