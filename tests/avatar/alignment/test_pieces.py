from avatar.alignment.decoder import Segment
from avatar.alignment.pieces import LONGEST, SHORTEST, Piece, cut


def _line(*lengths: tuple[str, int]) -> list[Segment]:
    now, line = 0, []
    for name, length in lengths:
        line.append(Segment(name, now, now + length))
        now += length
    return line


def test_pieces_end_in_the_middle_of_pauses() -> None:
    line = _line(("<sil>", 20), ("0.0.0", SHORTEST), ("<sil>", 40), ("1.0.0", 50), ("<sil>", 40), ("2.0.0", 50))
    first = 20 + SHORTEST + 20
    assert list(cut(line)) == [Piece(0, first, 0, 1), Piece(first, line[-1].end, 1, 3)]


def test_short_pauses_and_the_inside_of_numbers_do_not_end_pieces() -> None:
    line = _line(("0.0.0", SHORTEST), ("<sil>", 5), ("1.0.0", 50), ("<sil>", 40), ("1.0.1", 50), ("<sil>", 40))
    assert list(cut(line)) == [Piece(0, line[-1].end, 0, 2)]


def test_speech_without_pauses_is_cut_between_words() -> None:
    line = _line(*((f"{n}.0.0", 100) for n in range(30)))
    pieces = list(cut(line))
    assert pieces[0] == Piece(0, LONGEST, 0, LONGEST // 100)
    assert [piece.first for piece in pieces[1:]] == [piece.last for piece in pieces[:-1]]
    assert pieces[-1].end == 3000 and pieces[-1].last == 30


def test_noises_at_the_start_belong_to_the_first_piece() -> None:
    line = _line(("<sil>", 2 * SHORTEST), ("[NOISE]", 2 * SHORTEST), ("0.0.0", 50))
    assert list(cut(line)) == [Piece(0, line[-1].end, 0, 1)]
