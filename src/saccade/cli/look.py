"""`saccade look`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from saccade.cli.options import AsJson, Beam, Run, Search, search_options


def look(
    run: Run,
    texts: Annotated[list[str], typer.Argument(metavar="TEXT...", help="What is read.")],
    out: Annotated[Path | None, typer.Option(help="Where to: page.html, map.png or map.json.")] = None,
    words: Annotated[bool, typer.Option("--words", help="Join pieces to words.")] = False,
    alternatives: Annotated[int, typer.Option(min=0, help="So many next best answers, each with its map.")] = 0,
    beam: Beam = None,
    search: Search = None,
    as_json: AsJson = False,
) -> None:
    """Show where a model looked for each piece of its answer: in the terminal, or as a page, a picture or JSON."""
    options = search_options(beam, search)
    from saccade import viewer
    from saccade.run import load

    if out is not None:
        viewer.check_path(out)
    model = load(run)
    looks = [model.look(text, alternatives=alternatives, **options) for text in texts]
    if out is not None:
        viewer.save(looks, out, words=words)
        print(f"saccade: wrote {out}", file=sys.stderr)
    if as_json:
        print(json.dumps([one.to_json() for one in looks], ensure_ascii=False))
    elif out is None:
        print("\n\n".join(viewer.blocks(one, words=words) for one in looks))
        print("saccade: --out page.html, map.png or map.json keeps it", file=sys.stderr)
    else:
        print("\n".join(one.output for one in looks))
