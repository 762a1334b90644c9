"""Long recordings in pieces that end in pauses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from avatar.alignment.decoder import Segment
from avatar.alignment.graph import parse

SHORTEST, LONGEST = 800, 2400
"""Frames after which a piece ends in the next pause, and after which it ends after the next word."""

_PAUSE = 12  # frames of silence in which a piece may end


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a recording and the words in it.

    Args:
        start: first frame.
        end: frame after the last.
        first: number of the first token.
        last: number after that of the last token.
    """

    start: int
    end: int
    first: int
    last: int


def cut(segments: Sequence[Segment]) -> Iterator[Piece]:
    """Cut a recording in the middle of pauses.

    Args:
        segments: words and pauses in order; all tokens of the text are in them.

    Returns:
        Pieces that follow each other without a gap.
    """
    start = first = token = 0
    for segment, following in zip(segments, [*segments[1:], None], strict=True):
        if not segment.silent:
            token = parse(segment.name)[0] + 1
        if following is None:
            yield Piece(start, segment.end, first, token)
            return
        if token == first or not (following.silent or parse(following.name)[0] == token):
            continue  # nothing was said yet, or half of "twenty five"
        middle = (segment.start + segment.end) // 2
        if segment.silent and segment.end - segment.start >= _PAUSE and middle - start >= SHORTEST:
            yield Piece(start, middle, first, token)
            start, first = middle, token
        elif not segment.silent and segment.end - start >= LONGEST:
            yield Piece(start, segment.end, first, token)
            start, first = segment.end, token
