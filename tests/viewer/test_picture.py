"""The picture holds every weight and label, and warns of no missing glyph."""

from pathlib import Path

import numpy as np
import pytest

from saccade.errors import StorageError
from saccade.maps import AttentionMap, Axis, Look
from saccade.viewer import draw, figure_of, fonts


def pixels(path: Path) -> np.ndarray:
    from matplotlib import image

    return image.imread(path)


def ticks(figure: object) -> tuple[list[str], list[str]]:
    axes = figure.axes[0]  # type: ignore[attr-defined]
    return [text.get_text() for text in axes.get_yticklabels()], [text.get_text() for text in axes.get_xticklabels()]


def plain_look(weights: np.ndarray) -> Look:
    rows, columns = weights.shape
    target = Axis("target", tuple(f"t{row}" for row in range(rows)))
    source = Axis("source", tuple(f"s{column}" for column in range(columns)))
    return Look("", "", 0.0, 0.0, AttentionMap(weights, (target, source)))


def test_it_is_a_picture(arabic: Look, tmp_path: Path) -> None:
    messages = draw(arabic, tmp_path / "look.png")
    assert messages == []
    image = pixels(tmp_path / "look.png")
    assert min(image.shape[:2]) > 150
    assert image.std() > 0.05


def test_rows_are_outputs_and_columns_sources() -> None:
    figure, _ = figure_of([plain_look(np.zeros((3, 5)))])
    assert ticks(figure) == (["t0", "t1", "t2"], ["s0", "s1", "s2", "s3", "s4"])
    assert figure.axes[0].yaxis_inverted()


def test_weights_are_in_their_cells() -> None:
    weights = np.zeros((3, 5))
    weights[1, 4] = 0.75
    figure, _ = figure_of([plain_look(weights)])
    (mesh,) = figure.axes[0].collections
    np.testing.assert_array_equal(np.asarray(mesh.get_array()).reshape(3, 5), weights)
    assert [(text.get_text(), text.get_position()) for text in figure.axes[0].texts] == [(".75", (4.5, 1.5))]


def test_words_are_drawn_where_they_are_known(arabic: Look) -> None:
    figure, _ = figure_of([arabic])
    assert ticks(figure)[1] == ["أحب", "الكتب"]


def test_several_looks_stand_below_each_other(arabic: Look, tmp_path: Path) -> None:
    draw(arabic, tmp_path / "one.png")
    draw([arabic, arabic], tmp_path / "two.png")
    one, two = pixels(tmp_path / "one.png"), pixels(tmp_path / "two.png")
    assert two.shape[0] == pytest.approx(2 * one.shape[0], abs=2)


def test_a_script_without_a_font_is_named_not_drawn(
    china: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = fonts._faces()["DejaVu Sans"]
    monkeypatch.setattr(fonts, "_faces", lambda: {"DejaVu Sans": own})
    (message,) = draw(china, tmp_path / "look.png")  # a missing glyph would be a warning, and warnings are errors
    assert message.startswith("No font for Han (我爱中国)")
    assert ticks(figure_of([china])[0])[1] == ["U+6211", "U+7231", "U+4E2D U+56FD", "<end>"]


def test_a_script_with_a_font_is_drawn(china: Look, tmp_path: Path) -> None:
    if not any("CJK" in family for family in fonts._faces()):
        pytest.skip("no CJK font on this machine (fonts-noto-cjk): this test draws with it")
    assert draw(china, tmp_path / "look.png") == []
    assert ticks(figure_of([china])[0])[1] == ["我", "爱", "中国", "<end>"]


def test_formulas_stay_text(hostile: Look, tmp_path: Path) -> None:
    draw(hostile, tmp_path / "look.png")
    assert "$x^2$" in ticks(figure_of([hostile])[0])[0]


@pytest.mark.parametrize("shape", [(1, 1), (0, 3), (3, 0), (2, 211)])
def test_odd_shapes_are_drawn(shape: tuple[int, int], tmp_path: Path) -> None:
    assert draw(plain_look(np.zeros(shape)), tmp_path / "look.png") == []
    assert (tmp_path / "look.png").stat().st_size > 100


def test_a_file_is_no_folder(arabic: Look, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match=r"look.png` could not be written"):
        draw(arabic, tmp_path / "file" / "look.png")
