"""The block of a look says what the look says, by words and by pieces, in every direction of writing."""

from saccade.maps import Look
from saccade.viewer import alignment_block


def test_words_and_pieces(china: Look) -> None:
    words, pieces = alignment_block(china)["answers"][0]["views"]
    assert (words["name"], pieces["name"]) == ("Words", "Pieces")
    assert words["source"]["labels"] == ["我", "爱", "中国", "<end>"]
    assert words["target"]["labels"] == ["I", "love", "China", "<end>"]
    assert words["weights"][2] == [0, 0.05, 0.95, 0]
    assert pieces["target"]["labels"] == ["I", "love", "Chi", "na", "<end>"]
    assert pieces["weights"][1] == [0.05, 0.85, 0.05, 0.05, 0]


def test_all_answers_are_there(china: Look) -> None:
    block = alignment_block(china)
    assert [answer["texts"][1] for answer in block["answers"]] == ["I love China", "I like China"]
    assert [(answer["score"], answer["logProb"]) for answer in block["answers"]] == [(-0.06, -0.25), (-0.9, -2.5)]


def test_which_way_a_text_runs(arabic: Look) -> None:
    words, pieces = alignment_block(arabic)["answers"][0]["views"]
    assert (words["source"]["dir"], words["target"]["dir"]) == ("rtl", "ltr")
    # [text, token, written, apart]: the two halves of one word must keep holding hands.
    assert pieces["source"]["parts"] == [["أحب", 0], [" ", -1], ["الك", 1, 1, 0], ["تب", 2, 1, 0]]
