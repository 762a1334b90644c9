"""The film and the curves of a descent, for fit_face.py."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from avatar.export.labels import write_text
from avatar.renderers.colour import encode

if TYPE_CHECKING:
    from fit_face import FaceModel, Scene, Step

Picture = NDArray[np.uint8]

SIDE = 256
FPS = 15
SMOOTH = 3
"""Charts are drawn so many times larger first."""
PAPER, GRID, INK, LINE = (250, 250, 248), (222, 222, 218), (60, 64, 70), (198, 74, 52)


def photograph(model: "FaceModel", x: torch.Tensor) -> NDArray[np.float64]:
    """What the cameras see of x, one above the other: [cameras * SIDE, SIDE, 3] sRGB from 0 to 1 on grey."""
    with torch.no_grad():
        pictures = model.pictures(x, SIDE, 2).permute(0, 2, 3, 1)
    grey = 0.05 * (1.0 - pictures[..., 3:])
    return encode((pictures[..., :3] + grey).flatten(0, 1).numpy())


def to_bytes(picture: NDArray[np.float64]) -> Picture:
    """Bytes of numbers from 0 to 1."""
    return np.round(255.0 * picture.clip(0.0, 1.0)).astype(np.uint8)


def frames(model: "FaceModel", scene: "Scene", steps: "Sequence[Step]") -> Iterator[Picture]:
    """Target, current face and their difference (grey where there is none) side by side, a frame a step."""
    target = photograph(model, scene.truth)
    for index, step in enumerate(steps):
        current = photograph(model, step.x)
        columns = (target, current, 0.5 + 2.0 * (current - target))
        captions = ("target", f"step {index}: {step.error:.2f} mm", f"difference, {step.size} px")
        yield np.hstack([labelled(to_bytes(column), words) for column, words in zip(columns, captions, strict=True)])


def labelled(picture: Picture, words: str) -> Picture:
    """A picture with a line of text at its foot."""
    whole = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    write_text(whole, words, foot=True)
    return whole[..., :3]


def film(model: "FaceModel", scene: "Scene", steps: "Sequence[Step]", path: Path) -> None:
    """Write the descent as a video; the last frame stays for two seconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = 3 * SIDE, len(model.cameras) * SIDE, "yuv420p"
        shown = list(frames(model, scene, steps))
        for picture in [*shown, *shown[-1:] * (2 * FPS)]:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def summary(model: "FaceModel", scene: "Scene", steps: "Sequence[Step]", path: Path) -> None:
    """Draw start, end and target beside the curves of error and loss over the steps."""
    shown = {"start": steps[0].x, f"after {len(steps) - 1} steps": steps[-1].x, "target": scene.truth}
    faces = np.hstack([labelled(to_bytes(photograph(model, x)), words) for words, x in shown.items()])
    sizes = [step.size for step in steps]
    half = faces.shape[0] // 2
    curves = (
        chart("mean vertex error, mm", [step.error for step in steps], sizes, (faces.shape[0] - half, 440)),
        chart("loss (pictures of 32 to 256 pixels)", [step.loss for step in steps], sizes, (half, 440)),
    )
    Image.fromarray(np.hstack([faces, np.vstack(curves)])).save(path, optimize=True)


def chart(title: str, values: Sequence[float], sizes: Sequence[int], shape: tuple[int, int]) -> Picture:
    """A curve over the steps on a logarithmic axis, with a line where the pictures' size changes."""
    height, width = (SMOOTH * side for side in shape)
    left, right, top, bottom = 54 * SMOOTH, width - 14 * SMOOTH, 30 * SMOOTH, height - 22 * SMOOTH
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    logs = np.log10(values)
    low, high = logs.min() - 0.1, logs.max() + 0.1 + 0.1 * np.ptp(logs)

    def place(step: float, log: float) -> tuple[float, float]:
        across, up = step / (len(values) - 1), (log - low) / (high - low)
        return left + across * (right - left), bottom - up * (bottom - top)

    def write(spot: tuple[float, float], words: str, anchor: str, size: int = 12) -> None:
        draw.text(spot, words, fill=INK, font_size=size * SMOOTH, anchor=anchor)

    for power in range(int(np.floor(low)), int(np.ceil(high))):
        for factor in (1, 2, 5):
            log = power + np.log10(factor)
            if low <= log <= high and (factor == 1 or high - low < 3.0):
                y = place(0, log)[1]
                draw.line([(left, y), (right, y)], fill=GRID, width=SMOOTH)
                write((left - 6 * SMOOTH, y), f"{factor * 10.0**power:g}", "rm")
    for step in [0, *(np.flatnonzero(np.diff(sizes)) + 1)]:
        x = place(step, low)[0]
        draw.line([(x, top), (x, bottom)], fill=GRID, width=SMOOTH)
        write((x + 4 * SMOOTH, top), f"{sizes[step]} px", "la", 11)
    draw.line([place(step, log) for step, log in enumerate(logs)], fill=LINE, width=2 * SMOOTH, joint="curve")
    write((left, 8 * SMOOTH), title, "la", 13)
    for step in range(0, len(values), 20):
        write((place(step, low)[0], bottom + 5 * SMOOTH), str(step), "ma", 11)
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.LANCZOS))
