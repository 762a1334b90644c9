"""Small grey pictures of the mouth, as lip-readers watch them."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from avatar.lipreading.appearance import Appearance
from avatar.renderers import Camera, ambient_occlusion, interpolate, motion_gradients, rasterize, vertex_normals
from avatar.rigs.built_in_head import BuiltInHead
from avatar.rigs.mouth import held_still

SIZE = 48
"""Pixels across and down."""

FRAME = 0.075
"""How many metres a picture is high where the mouth is: from under the nose to the chin's edge, cheeks beside."""

AWAY = 0.7
"""Metres from the camera to the mouth."""

SAMPLES = 2
"""Samples across and down each pixel; more than twice as many cost more than all the rest."""

_LUMINANCE = (0.2126, 0.7152, 0.0722)
_INSIDE = ("upper_teeth", "lower_teeth", "tongue", "mouth_cavity")
_REACH = (0.065, 0.06, 0.1)
_GAMMA = 1 / 2.2
_DARKEST = 1e-3  # keeps the gamma's slope finite


class MouthPictures(nn.Module):
    """Draws the mouth of the built-in head, turned back to the front, in any light and from any side.

    Only the surface near the mouth is drawn, with one light and without shadows: a millisecond of one core a picture.

    Args:
        rig: the head.
        size: of the pictures in pixels.
        samples: across and down each pixel; gradients of more are less noisy.

    Example:
        >>> head = BuiltInHead.load()
        >>> MouthPictures(head)(head.neutral()[None]).shape
        torch.Size([1, 1, 48, 48])
    """

    index: Tensor
    faces: Tensor
    albedo: Tensor
    lips: Tensor
    inside: Tensor

    def __init__(self, rig: BuiltInHead, size: int = SIZE, *, samples: int = SAMPLES) -> None:
        super().__init__()
        self.rig, self.size, self.samples = rig, size, samples
        middle = rig.rest[list(rig.mouth_corners)].mean(0)
        near = ((rig.rest - middle).abs() < middle.new_tensor(_REACH)).all(1)
        drawn = [rig.parts.index(part) for part in ("skin", "upper_teeth", "lower_teeth", "tongue")]
        chosen = near[rig.faces].any(1) & torch.isin(rig.face_parts, torch.tensor(drawn))
        index = torch.unique(rig.faces[chosen])
        places = torch.full((len(rig.rest),), -1)
        places[index] = torch.arange(len(index))
        shelter = torch.from_numpy(np.asarray(ambient_occlusion(rig.rest.numpy(), rig.faces.numpy()))).to(rig.rest)
        among = {name: torch.zeros(len(rig.rest)) for name in ("lips", "inside")}
        among["lips"][rig.regions["lips"]] = 1.0
        for name in _INSIDE:
            among["inside"][rig.regions[name]] = 1.0
            # The closed mouth shelters what an open one shows.
            shelter[rig.regions[name]] = 1.0
        self._constant("index", index)
        self._constant("faces", places[rig.faces[chosen]])
        self._constant("albedo", (shelter * (rig.vertex_colours @ shelter.new_tensor(_LUMINANCE)))[index])
        self._constant("lips", among["lips"][index])
        self._constant("inside", among["inside"][index])

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value, persistent=False)

    def forward(
        self,
        vertices: Tensor,
        appearances: Sequence[Appearance] = (Appearance(),),
        *,
        neutral: Tensor | None = None,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Draw clips.

        Args:
            vertices: [B, T, V, 3] metres.
            appearances: one for each clip, or one for all.
            neutral: the same people at rest [B, V, 3]; the average when left out.
            generator: of the noise, where an appearance has some.

        Returns:
            [B, T, size, size] grey, about 0..1, with sRGB's curve; differentiable in the vertices, apart from the
            turning and moving of the whole head, which the pictures do not show.

        Raises:
            ValueError: a shape does not fit.
        """
        if vertices.ndim != 4 or vertices.shape[2:] != self.rig.rest.shape:
            raise ValueError(
                f"vertices must be [B, T, {len(self.rig.rest)}, 3] metres, got {list(vertices.shape)}; "
                "give the rig's own output with an axis for clips and one for time"
            )
        batch, frames = vertices.shape[:2]
        looks = [*appearances] * batch if len(appearances) == 1 else [*appearances]
        if len(looks) != batch:
            raise ValueError(f"appearances must be 1 or {batch}, one for each clip, got {len(looks)}")
        rest = (self.rig.rest.expand(batch, -1, -1) if neutral is None else neutral).to(vertices)
        if rest.shape != (batch, *self.rig.rest.shape):
            raise ValueError(f"neutral must be [{batch}, {len(self.rig.rest)}, 3], got {list(rest.shape)}")
        still = held_still(
            vertices.flatten(0, 1), self.rig, neutral=rest.repeat_interleave(frames, 0), index=self.index
        )
        shaded = self._shade(still.reshape(batch, frames, -1, 3), looks)
        fine = (self.size * self.samples, self.size * self.samples)
        corners = rest[:, list(self.rig.mouth_corners)].mean(1).detach().cpu().numpy()
        cameras = [camera_at(place, look) for place, look in zip(corners, looks, strict=True)]
        clips = [camera.clip(clip, fine) for camera, clip in zip(cameras, torch.split(still, frames), strict=True)]
        seen = rasterize(torch.cat(clips), self.faces, fine)
        values = torch.stack([shaded.flatten(0, 1), torch.ones_like(shaded).flatten(0, 1)], -1)
        drawn = avg_pool2d(motion_gradients(interpolate(values, seen.still), seen).permute(0, 3, 1, 2), self.samples)
        light, cover = drawn.reshape(batch, frames, 2, self.size, self.size).unbind(2)
        return _develop(light, cover, looks, generator)

    def _shade(self, points: Tensor, looks: list[Appearance]) -> Tensor:
        """Linear brightness [B, T, P] of points [B, T, P, 3]."""
        normals = vertex_normals(points.flatten(0, 1), self.faces).reshape(points.shape)
        way = torch.nn.functional.normalize(normals.new_tensor([look.light for look in looks]), dim=1)
        cosine = (normals @ way[:, None, :, None])[..., 0].relu()
        light = _each(looks, "ambient", cosine) + _each(looks, "strength", cosine) * cosine
        skin, lips, inside = (_each(looks, name, cosine) for name in ("skin", "lips", "inside"))
        colour = skin * (1 + (lips - 1) * self.lips)
        shaded: Tensor = self.albedo * light * torch.where(self.inside > 0, inside, colour)
        return shaded


def camera_at(mouth: np.ndarray, look: Appearance) -> Camera:
    """The camera of an appearance in front of a mouth's middle [3]."""
    across = np.array([math.cos(look.yaw), 0.0, -math.sin(look.yaw)])
    towards = np.array([math.sin(look.yaw) * math.cos(look.pitch), math.sin(look.pitch),
                        math.cos(look.yaw) * math.cos(look.pitch)])  # fmt: skip
    above = np.cross(towards, across)
    height = FRAME / look.zoom
    # The mouth appears to the right of the middle where the camera looks past it on the left.
    target = mouth - height * (look.shift[0] * across - look.shift[1] * above)
    up = math.cos(look.roll) * above - math.sin(look.roll) * across
    angle = 2 * math.atan(0.5 * height / AWAY)
    return Camera.look_at(target + AWAY * towards, target, up=up, field_of_view=angle, near=0.2, far=2.0)


def _each(looks: list[Appearance], name: str, like: Tensor) -> Tensor:
    """A number of each clip [B, 1, 1, ...], to be combined with a tensor [B, ...]."""
    return like.new_tensor([getattr(look, name) for look in looks]).reshape(-1, *[1] * (like.ndim - 1))


def _develop(light: Tensor, cover: Tensor, looks: list[Appearance], generator: torch.Generator | None) -> Tensor:
    """Finished pictures [B, T, H, W] of linear light, and of how much of each pixel is covered."""
    grey = (light.clamp(min=0) + _DARKEST) ** _GAMMA + (1 - cover) * _each(looks, "background", light)
    grey = 0.4 + _each(looks, "contrast", light) * (grey - 0.4) + _each(looks, "brightness", light)
    if any(look.blur for look in looks):
        grey = torch.cat([_blurred(clip, look.blur) for clip, look in zip(torch.split(grey, 1), looks, strict=True)])
    if any(look.noise for look in looks):
        noise = torch.randn(grey.shape, generator=generator, dtype=grey.dtype).to(grey.device)
        grey = grey + _each(looks, "noise", light) * noise
    return grey


def _blurred(clip: Tensor, deviation: float) -> Tensor:
    if not deviation:
        return clip
    reach = torch.arange(-2, 3).to(clip)
    kernel = torch.exp(-0.5 * (reach / deviation) ** 2)
    kernel = kernel / kernel.sum()
    pictures = torch.nn.functional.pad(clip.flatten(0, 1)[:, None], (2, 2, 2, 2), mode="replicate")
    across = torch.nn.functional.conv2d(pictures, kernel.reshape(1, 1, 1, 5))
    return torch.nn.functional.conv2d(across, kernel.reshape(1, 1, 5, 1)).reshape(clip.shape)
