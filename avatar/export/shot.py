"""What is filmed: heads beside one another, each with its clip."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Protocol

from avatar.animation import Animation
from avatar.export.error_map import ErrorMap, largest, round_up
from avatar.export.frames import Picture, Portrait
from avatar.export.head import worn
from avatar.export.labels import write_text
from avatar.export.layout import columns_for, grid
from avatar.export.options import ExportOptions
from avatar.export.timing import alike, chosen_moments, held

LARGEST_WHOLE = 16384
"""Pixels on a side of all heads together."""


class Artist(Protocol):
    """What draws frames of a clip: a `Portrait` or an `ErrorMap`."""

    def pictures(self, animation: Animation, frames: Sequence[int] | None = None) -> Iterator[Picture]:
        """Draw frames one after another."""


@dataclass(frozen=True)
class Cell:
    """One of the heads.

    Args:
        artist: what draws it.
        clip: what it does.
        frames: which frames of the clip are shown, one after another.
        label: written into its pictures.
    """

    artist: Artist
    clip: Animation
    frames: Sequence[int]
    label: str = ""

    def pictures(self) -> Iterator[Picture]:
        """Yield its pictures [H, W, 4]."""
        for picture in self.artist.pictures(self.clip, self.frames):
            write_text(picture, self.label)
            yield picture


@dataclass(frozen=True)
class Shot:
    """Cells in rows, all of one length.

    Args:
        cells: from left to right and from top to bottom.
        columns: how many there are in a row.
        fps: frames per second.
        audio: the sound, if any.
    """

    cells: tuple[Cell, ...]
    columns: int
    fps: float
    audio: Path | None = None

    def __len__(self) -> int:
        return len(self.cells[0].frames)

    @property
    def duration(self) -> float:
        """Length in seconds: frames / fps."""
        return len(self) / self.fps

    def pictures(self) -> Iterator[Picture]:
        """Yield the pictures [H, W, 4] uint8 sRGB with alpha; memory does not grow with their number."""
        if len(self.cells) == 1:
            yield from self.cells[0].pictures()
            return
        for pictures in zip(*(cell.pictures() for cell in self.cells), strict=True):
            yield grid(pictures, self.columns)


def moving_shot(animation: Animation, path: str, options: ExportOptions) -> Shot:
    """Return the clips that play, or stand still where `options.hold` says so.

    Args:
        animation: at least one frame, in controls that lead to those of the head.
        path: the target, for errors.
        options: how it is worn and seen.

    Raises:
        ValueError: a clip has no frames or other controls, or an instant is after its end.
    """
    clips, reference = _clips(animation, path, options)
    if options.hold is not None:
        (frame,) = chosen_moments(clips[0], options)
        clips = [held(clip, frame, options.hold) for clip in clips]
        reference = None if reference is None else held(reference, frame, options.hold)
    cells = _cells(clips, reference, [range(len(clips[0]))], options)
    return _arranged(cells, columns_for(len(cells)), options, options.audio or clips[0].audio)


def still_shot(animation: Animation, path: str, options: ExportOptions) -> Shot:
    """Return one picture of the instant or instants that the options name, see `moving_shot`."""
    clips, reference = _clips(animation, path, options)
    moments = chosen_moments(clips[0], options)
    cells = _cells(clips, reference, [[moment] for moment in moments], options)
    in_rows = 1 < len(moments) < len(cells)
    return _arranged(cells, len(moments) if in_rows else columns_for(len(cells)), options)


def _clips(animation: Animation, path: str, options: ExportOptions) -> tuple[list[Animation], Animation | None]:
    clips = [animation, *options.beside]
    for clip in clips if options.against is None else [*clips, options.against]:
        if len(clip) == 0:
            raise ValueError(f"cannot write {path}: a clip has no frames")
    rig = options.chosen_rig
    clips = [worn(clip, rig, f"write {path}") for clip in clips]
    return alike(clips, None if options.against is None else worn(options.against, rig, f"write {path}"))


def _cells(
    clips: list[Animation], reference: Animation | None, shown: list[Sequence[int]], options: ExportOptions
) -> tuple[Cell, ...]:
    """One for each clip, person and series of frames."""
    people = options.people or {"": options.identity}
    if reference is None:
        artists: dict[str, Artist] = {name: Portrait(replace(options, identity=who)) for name, who in people.items()}
    else:
        artists = _error_maps(clips, reference, [frame for frames in shown for frame in frames], people, options)
    labels = options.labels or [""] * len(clips)
    cells = []
    for (clip, label), (person, artist), frames in product(zip(clips, labels, strict=True), artists.items(), shown):
        time = f"{frames[0] / clip.fps:.2f} s" if len(shown) > 1 else ""
        cells.append(Cell(artist, clip, frames, ", ".join(word for word in (label, person, time) if word)))
    return tuple(cells)


def _error_maps(
    clips: list[Animation],
    reference: Animation,
    frames: list[int],
    people: Mapping[str, Mapping[str, float]],
    options: ExportOptions,
) -> dict[str, Artist]:
    """Error maps that share a scale."""
    look = replace(options, lights="even", view="shaded")
    portraits = {name: Portrait(replace(look, identity=who)) for name, who in people.items()}
    scale = options.scale
    if scale is None:
        scale = round_up(max(largest(each, clip, reference, frames) for each in portraits.values() for clip in clips))
    return {name: ErrorMap(portrait, reference, scale) for name, portrait in portraits.items()}


def _arranged(cells: tuple[Cell, ...], columns: int, options: ExportOptions, audio: Path | None = None) -> Shot:
    rows = -(-len(cells) // columns)
    height, width = options.shape
    if max(rows * height, columns * width) > LARGEST_WHOLE:
        raise ValueError(
            f"{columns} x {rows} pictures of {width} x {height} pixels are over {LARGEST_WHOLE} on a side; "
            "choose a smaller size"
        )
    return Shot(cells, columns, cells[0].clip.fps, audio)
