"""Draw the pictures of docs/head.md: shapes, people and landmarks of the built-in head.

python examples/contact_sheet.py docs/images
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from avatar.renderers import Camera, head_mesh, render
from avatar.rigs import BuiltInHead

Picture = NDArray[np.uint8]

SHAPES: tuple[dict[str, float], ...] = (
    {},
    {"jawOpen": 0.3},
    {"jawOpen": 1.0},
    {"jawOpen": 0.5, "mouthClose": 0.5},
    {"mouthSmile": 1.0},
    {"mouthFrown": 1.0},
    {"mouthPucker": 1.0},
    {"mouthFunnel": 1.0},
    {"mouthPress": 1.0},
    {"mouthRollLower": 0.7, "jawOpen": 0.1},
    {"mouthStretch": 1.0},
    {"mouthUpperUp": 1.0, "mouthLowerDown": 1.0},
    {"eyeBlink": 0.5},
    {"eyeBlink": 1.0},
    {"eyeLookDown": 1.0},
    {"eyeWide": 1.0, "browInnerUp": 1.0},
    {"browDown": 1.0, "noseSneer": 1.0},
    {"browOuterUp": 1.0},
    {"cheekPuff": 1.0},
    {"tongueOut": 1.0, "jawOpen": 0.4},
)


def controls(head: BuiltInHead, values: Mapping[str, float]) -> torch.Tensor:
    """Controls [1, 61] by name; a name without side sets both sides."""
    weights = torch.zeros(1, len(head.space))
    for name, value in values.items():
        names = (name,) if name in head.space else (f"{name}Left", f"{name}Right")
        weights[0, head.space.indices(names)] = value
    return weights


def draw(
    head: BuiltInHead, weights: torch.Tensor, identity: torch.Tensor | None = None, *, size: int, turn: float = 0.0
) -> Picture:
    """One picture [size, size, 3], the face filling it."""
    rest = head.neutral(identity)[0]
    camera = Camera.portrait(rest[head.head_weight > 0.95], turn=turn, margin=0.02)
    with torch.inference_mode():
        vertices = head(weights, identity)
    picture: Picture = render(vertices, head_mesh(head, rest), camera, (size, size), supersample=2)[0, :, :, :3]
    return picture


def sheet(pictures: list[Picture], columns: int) -> Image.Image:
    """Pictures in rows."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    whole = np.zeros((rows * height, columns * width, 3), np.uint8)
    for k, picture in enumerate(pictures):
        row, column = divmod(k, columns)
        whole[row * height : (row + 1) * height, column * width : (column + 1) * width] = picture
    return Image.fromarray(whole)


def labelled(picture: Picture, text: str) -> Picture:
    """A picture with a line of text at its foot."""
    image = Image.fromarray(picture)
    ImageDraw.Draw(image).text((6, picture.shape[0] - 16), text, fill=(235, 235, 235))
    return np.asarray(image)


def landmarks(head: BuiltInHead, size: int) -> Image.Image:
    """The average with its 68 landmarks as dots, from the front and from the side."""
    pictures = []
    for turn in (0.0, 0.7):
        rest = head.rest
        camera = Camera.portrait(rest[head.head_weight > 0.95], turn=turn, margin=0.02)
        image = Image.fromarray(draw(head, controls(head, {}), size=size, turn=turn))
        dots = ImageDraw.Draw(image)
        view = camera.view @ np.c_[rest[head.landmarks].numpy(), np.ones(68)].T
        across = size * (0.5 + camera.focal[0] * view[0] / -view[2])
        down = size * (0.5 - camera.focal[1] * view[1] / -view[2])
        for x, y in zip(across, down, strict=True):
            dots.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(60, 255, 90))
        pictures.append(np.asarray(image))
    return sheet(pictures, 2)


def main() -> None:
    """Draw all sheets into a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="existing folder for head_*.png")
    folder = parser.parse_args().folder
    head = BuiltInHead.load()
    shapes = [
        labelled(
            draw(head, controls(head, values), size=224),
            " ".join(f"{name} {value:g}" for name, value in values.items()) or "neutral",
        )
        for values in SHAPES
    ]
    people = head.sample_identity(torch.Generator().manual_seed(0), 15)
    faces = [
        draw(head, controls(head, {"jawOpen": 0.6} if k >= 10 else {}), one[None], size=224, turn=0.5 * (k % 2))
        for k, one in enumerate(people)
    ]
    for name, image in (
        ("shapes", sheet(shapes, 5)),
        ("identities", sheet(faces, 5)),
        ("landmarks", landmarks(head, 448)),
    ):
        image.save(folder / f"head_{name}.png", optimize=True)
        print(folder / f"head_{name}.png")


if __name__ == "__main__":
    main()
