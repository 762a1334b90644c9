"""PNG: one picture, or a numbered one for each frame."""

import logging
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.export.formats import in_arkit
from avatar.export.frames import Portrait
from avatar.export.options import ExportOptions
from avatar.export.pattern import is_folder, numbered, sequence_pattern
from avatar.files import replacing
from avatar.progress import track

log = logging.getLogger(__name__)


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Draw the frame at `options.at`, or all of them where the path is a folder or a pattern with %04d."""
    in_arkit(animation, path)
    pattern = sequence_pattern(path)
    if pattern is None:
        _write_one(animation, path, options)
    else:
        folder = Path(path) if is_folder(path) else Path(path).parent
        _write_all(animation, folder, pattern, options)


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """The bytes of a PNG file of a picture [H, W, 4] in sRGB with straight alpha."""
    codec = av.CodecContext.create("png", "w")
    codec.height, codec.width = picture.shape[:2]
    codec.pix_fmt = "rgba"
    codec.time_base = Fraction(1)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgba")
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])


def _write_one(animation: Animation, path: str, options: ExportOptions) -> None:
    if options.at >= animation.duration:
        raise ValueError(f"at must be before the animation's end at {animation.duration:.3f} s, got {options.at}")
    frame = min(round(options.at * animation.fps), len(animation) - 1)
    (picture,) = Portrait(options).pictures(animation, [frame])
    with replacing(path) as temporary:
        temporary.write_bytes(encode_png(picture))


def _write_all(animation: Animation, folder: Path, pattern: str, options: ExportOptions) -> None:
    """Draw into a hidden folder first, so that the one asked for never holds half a sequence."""
    pictures = Portrait(options).pictures(animation)
    with tempfile.TemporaryDirectory(prefix=".frames-", dir=folder) as hidden:
        for t, picture in enumerate(track(pictures, f"drawing {folder}", total=len(animation))):
            (Path(hidden) / numbered(pattern, t)).write_bytes(encode_png(picture))
        for t in range(len(animation)):
            name = numbered(pattern, t)
            (Path(hidden) / name).replace(folder / name)
    if (folder / numbered(pattern, len(animation))).exists():
        log.warning("%s holds pictures of a longer, older sequence from %s on", folder, numbered(pattern, t + 1))
