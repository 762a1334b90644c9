"""PNG: one picture, or a numbered one for each frame."""

import logging
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.export.options import ExportOptions
from avatar.export.pattern import is_folder, numbered, sequence_pattern
from avatar.export.shot import Shot, moving_shot, still_shot
from avatar.files import replacing
from avatar.progress import track

log = logging.getLogger(__name__)


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Draw what is at `options.at`, or all frames where the path is a folder or a pattern with %04d."""
    pattern = sequence_pattern(path)
    if pattern is None:
        (picture,) = still_shot(animation, path, options).pictures()
        with replacing(path) as temporary:
            temporary.write_bytes(encode_png(picture))
    else:
        folder = Path(path) if is_folder(path) else Path(path).parent
        _write_all(moving_shot(animation, path, options), folder, pattern)


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """The bytes of a PNG file of a picture [H, W, 4] in sRGB with straight alpha."""
    codec = av.CodecContext.create("png", "w")
    codec.height, codec.width = picture.shape[:2]
    codec.pix_fmt = "rgba"
    codec.time_base = Fraction(1)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgba")
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])


def _write_all(shot: Shot, folder: Path, pattern: str) -> None:
    """Draw into a hidden folder first, so that the one asked for never holds half a sequence."""
    with tempfile.TemporaryDirectory(prefix=".frames-", dir=folder) as hidden:
        for t, picture in enumerate(track(shot.pictures(), f"drawing {folder}", total=len(shot))):
            (Path(hidden) / numbered(pattern, t)).write_bytes(encode_png(picture))
        for t in range(len(shot)):
            name = numbered(pattern, t)
            (Path(hidden) / name).replace(folder / name)
    if (folder / numbered(pattern, len(shot))).exists():
        log.warning("%s holds pictures of a longer, older sequence from %s on", folder, numbered(pattern, t + 1))
