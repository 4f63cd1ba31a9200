"""Looks at texts with labels, shaded: as a page, as text, as a picture and back from JSON."""

from pathlib import Path

import numpy as np
import pytest

from saccade import viewer
from saccade.errors import DataError
from saccade.maps import AttentionMap, Axis, LabelLook, Look

TEXT = "not  so </script> bad"
WORDS = ("not", "so", "</script>", "bad")


def make(layers: tuple[str, ...] = ("pooling.attention",)) -> LabelLook:
    spans = tuple((TEXT.index(word), TEXT.index(word) + len(word)) for word in WORDS)
    axes = Axis("target", ("good",)), Axis("source", WORDS, spans)
    maps = tuple(AttentionMap(np.array([[0.6, 0.0, 0.1, 0.3]]), axes, layer) for layer in layers)
    return LabelLook(TEXT, (("good", 0.75), ("bad", 0.25)), maps, (spans[0],), "bad", "moods, text 1")


def test_a_block_holds_every_word_with_its_weight() -> None:
    block = viewer.label_block(make())
    assert (block["label"], block["truth"], block["probabilities"][1]) == ("good", "bad", ["bad", 0.25])
    [seen] = block["maps"]
    assert "".join(part[0] for part in seen["parts"]) == TEXT
    assert [part[1:] for part in seen["parts"] if part[1] is not None] == [
        [0.6, True],
        [0.0, False],
        [0.1, False],
        [0.3, False],
    ]


def test_a_page_of_several_has_no_markup_of_their_texts() -> None:
    page = viewer.page([make(), make()])
    assert page.count("</script>") == 2
    assert "default-src 'none'" in page
    assert "<iframe" in viewer.label_notebook(make())


def test_in_a_terminal_a_shade_stands_below_each_word_and_lines_are_no_wider() -> None:
    assert viewer.shaded_text(make(), "pooling.attention") == "not  so </script> bad\n███     ░░░░░░░░░ ▒▒▒"
    narrow = viewer.shaded_text(make(), "pooling.attention", 8).splitlines()
    assert narrow == ["not  so", "███", "</scrip…", "░░░░░░░░", "bad", "▒▒▒"]


@pytest.mark.parametrize("layers", [("look",), ("first", "second")])
def test_files_of_all_kinds(tmp_path: Path, layers: tuple[str, ...]) -> None:
    look = make(layers)
    for name, start in (("a.html", b"<!doctype html>"), ("a.png", b"\x89PNG"), ("a.json", b'{"format"')):
        assert viewer.save([look], tmp_path / name) == []
        assert (tmp_path / name).read_bytes().startswith(start)
    [again] = viewer.read_labels(tmp_path / "a.json")
    assert again.to_json() == look.to_json()
    with pytest.raises(DataError, match=r"holds no looks of saccade\.looks\. `read_labels` reads it"):
        viewer.read(tmp_path / "a.json")


def test_looks_of_two_kinds_or_none_make_no_file(tmp_path: Path) -> None:
    other = Look("a", "b", 0.0, 0.0, AttentionMap(np.ones((1, 1)), (Axis("target", ("b",)), Axis("source", ("a",)))))
    with pytest.raises(
        DataError, match=r"these are 1 at texts with labels and 1 at texts. Save them to files of their"
    ):
        viewer.save([make(), other], tmp_path / "a.json")
    with pytest.raises(DataError, match=r"There is no look to save"):
        viewer.save([], tmp_path / "a.json")
