"""From a recording and its words to phones with times."""

from avatar.alignment.align import AlignedWord, Alignment, align

__all__ = ["AlignedWord", "Alignment", "align"]
