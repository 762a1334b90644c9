"""Video with the sound in step: opaque for players (.mp4), with alpha for editors (.mov) and browsers (.webm)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import cast

import av
import numpy as np
from av import VideoStream
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace

from avatar.animation import Animation
from avatar.export.frames import Picture
from avatar.export.matte import bleed
from avatar.export.options import ExportOptions
from avatar.export.shot import moving_shot
from avatar.export.sound import SoundTrack
from avatar.files import replacing
from avatar.progress import track

_BT709 = 1
_SRGB = 13


@dataclass(frozen=True)
class _Recipe:
    """How one kind of video is encoded.

    Args:
        encoder: of the pictures.
        pixels: their format.
        options: of the encoder.
        sound: encoder of the sound.
        source: format in which pictures are handed over; "rgba" keeps alpha, straight as it is in the pictures.
        container: options of the container.
    """

    encoder: str
    pixels: str
    options: Mapping[str, str]
    sound: str
    source: str = "rgba"
    container: Mapping[str, str] | None = None


_RECIPES = {
    ".mp4": _Recipe(
        "libx264",
        "yuv420p",
        {"crf": "18", "preset": "veryfast"},
        "aac",
        source="rgb24",
        container={"movflags": "+faststart"},
    ),
    # 4444 is the profile with alpha; editors expect its sound unpacked.
    ".mov": _Recipe("prores_ks", "yuva444p10le", {"profile": "4444", "vendor": "apl0"}, "pcm_s16le"),
    ".webm": _Recipe(
        "libvpx-vp9",
        "yuva420p",
        # Frames that are never shown would have no partner in the stream of alpha.
        {"crf": "18", "b": "0", "cpu-used": "5", "row-mt": "1", "auto-alt-ref": "0"},
        "libopus",
    ),
}


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Draw every frame, and encode it with the sound of `options.audio` or of the animation, if there is any.

    The video lasts as long as the animation: longer sound is cut, shorter sound ends in silence, with a warning.
    """
    shot = moving_shot(animation, path, options)
    kind = Path(path).suffix.lower()
    recipe = _RECIPES[kind]
    pictures = shot.pictures()
    first = next(pictures)
    with (
        replacing(path) as temporary,
        av.open(str(temporary), "w", format=kind[1:], options=dict(recipe.container or {})) as container,
    ):
        video = _Video(container, recipe, shot.fps, first.shape)
        sound = None if shot.audio is None else SoundTrack(container, recipe.sound, shot.audio, shot.duration)
        shown = chain([first], pictures)
        for t, picture in enumerate(track(shown, f"drawing {Path(path).name}", total=len(shot))):
            video.add(picture)
            if sound is not None:
                # Little by little, or the container would have to hold back all pictures until the sound came.
                sound.add_until((t + 1) / shot.fps)
        video.close()
        if sound is not None:
            sound.close()


class _Video:
    """Encodes pictures of one shape [H, W, 4]."""

    def __init__(self, container: OutputContainer, recipe: _Recipe, fps: float, shape: tuple[int, ...]) -> None:
        rate = Fraction(fps).limit_denominator(1001)
        self._container = container
        self._recipe = recipe
        self._stream = cast(VideoStream, container.add_stream(recipe.encoder, rate=rate, options=dict(recipe.options)))
        self._stream.height, self._stream.width = shape[:2]
        self._stream.pix_fmt = recipe.pixels
        context = self._stream.codec_context
        context.color_range = ColorRange.MPEG
        context.colorspace = context.color_primaries = _BT709
        context.color_trc = _SRGB
        if recipe.encoder == "libvpx-vp9":
            self._stream.metadata["alpha_mode"] = "1"

    def add(self, picture: Picture) -> None:
        source = self._recipe.source
        pixels = picture[..., :3] if source == "rgb24" else bleed(picture)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format=source)
        encoded = frame.reformat(
            format=self._recipe.pixels,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        self._container.mux(self._stream.encode(encoded))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
