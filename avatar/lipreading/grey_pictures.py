"""Small grey pictures of a part of the built-in head, as nets watch them."""

import math
from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from avatar.lipreading.appearance import Appearance
from avatar.renderers import Camera, ambient_occlusion, interpolate, motion_gradients, rasterize, vertex_normals
from avatar.rigs.built_in_head import BuiltInHead
from avatar.rigs.mouth import held_still

AWAY = 0.7
"""Metres from the camera to what it looks at."""

_LUMINANCE = (0.2126, 0.7152, 0.0722)
_INSIDE = ("upper_teeth", "lower_teeth", "tongue", "mouth_cavity")
_GAMMA = 1 / 2.2
_DARKEST = 1e-3  # keeps the gamma's slope finite


class GreyPictures(nn.Module):
    """Draws a part of the built-in head, turned back to the front, in any light and from any side.

    Only the surface near that part is drawn, with one light and without shadows.

    Attributes:
        plain: how it looks when nothing else is said; others must be of the same class.

    Args:
        rig: the head.
        size: of the pictures in pixels.
        samples: across and down each pixel; gradients of more are less noisy.
        height: metres that a picture is high at the part.
        anchor: vertices of which the mean at rest is the pictures' middle.
        drawn: [F] which triangles are drawn.
    """

    plain: Appearance = Appearance()
    index: Tensor
    faces: Tensor
    albedo: Tensor
    inside: Tensor

    def __init__(
        self, rig: BuiltInHead, size: int, *, samples: int, height: float, anchor: Sequence[int], drawn: Tensor
    ) -> None:
        super().__init__()
        self.rig, self.size, self.samples = rig, size, samples
        self.height, self.anchor = height, list(anchor)
        index = torch.unique(rig.faces[drawn])
        places = torch.full((len(rig.rest),), -1)
        places[index] = torch.arange(len(index))
        self._constant("index", index)
        self._constant("faces", places[rig.faces[drawn]])
        inside = torch.cat([rig.regions[name] for name in _INSIDE])
        shelter = torch.from_numpy(np.asarray(ambient_occlusion(rig.rest.numpy(), rig.faces.numpy()))).to(rig.rest)
        # The closed mouth shelters what an open one shows.
        shelter[inside] = 1.0
        self._constant("albedo", (shelter * (rig.vertex_colours @ shelter.new_tensor(_LUMINANCE)))[index])
        self._constant("inside", self._among(inside))

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value, persistent=False)

    def _among(self, vertices: Tensor) -> Tensor:
        """1 for each drawn vertex that is among some vertices of the rig, 0 for the others [P]."""
        return torch.zeros(len(self.rig.rest)).index_fill(0, vertices, 1.0)[self.index]

    @abstractmethod
    def tint(self, looks: Sequence[Appearance], like: Tensor) -> Tensor:
        """Factors on the vertices' brightness, which broadcast to `like` [B, T, P]."""

    def forward(
        self,
        vertices: Tensor,
        appearances: Sequence[Appearance] | None = None,
        *,
        neutral: Tensor | None = None,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Draw clips.

        Args:
            vertices: [B, T, V, 3] metres.
            appearances: one for each clip, or one for all; `plain` when left out.
            neutral: the same people at rest [B, V, 3]; the average when left out.
            generator: of the noise, where an appearance has some.

        Returns:
            [B, T, size, size] grey, about 0..1, with sRGB's curve; differentiable in the vertices, apart from the
            turning and moving of the whole head, which the pictures do not show.

        Raises:
            TypeError: an appearance is one of something else.
            ValueError: a shape does not fit.
        """
        if vertices.ndim != 4 or vertices.shape[2:] != self.rig.rest.shape:
            raise ValueError(
                f"vertices must be [B, T, {len(self.rig.rest)}, 3] metres, got {list(vertices.shape)}; "
                "give the rig's own output with an axis for clips and one for time"
            )
        batch, frames = vertices.shape[:2]
        looks = [self.plain] if appearances is None else [*appearances]
        if len(looks) not in (1, batch):
            raise ValueError(f"appearances must be 1 or {batch}, one for each clip, got {len(looks)}")
        looks *= batch // len(looks)
        if strange := next((look for look in looks if not isinstance(look, type(self.plain))), None):
            wanted = type(self.plain).__name__
            raise TypeError(f"appearances must be {wanted}, got {type(strange).__name__}; use {wanted}.sample")
        rest = (self.rig.rest.expand(batch, -1, -1) if neutral is None else neutral).to(vertices)
        if rest.shape != (batch, *self.rig.rest.shape):
            raise ValueError(f"neutral must be [{batch}, {len(self.rig.rest)}, 3], got {list(rest.shape)}")
        still = held_still(
            vertices.flatten(0, 1), self.rig, neutral=rest.repeat_interleave(frames, 0), index=self.index
        )
        shaded = self._shade(still.reshape(batch, frames, -1, 3), looks)
        fine = (self.size * self.samples, self.size * self.samples)
        middles = rest[:, self.anchor].mean(1).detach().cpu().numpy()
        cameras = [camera_at(place, look, self.height) for place, look in zip(middles, looks, strict=True)]
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
        light = each_of(looks, "ambient", cosine) + each_of(looks, "strength", cosine) * cosine
        shaded: Tensor = self.albedo * light * self.tint(looks, cosine)
        return shaded


def camera_at(place: np.ndarray, look: Appearance, height: float) -> Camera:
    """The camera of an appearance in front of a place [3], of which it shows so many metres from top to bottom."""
    across = np.array([math.cos(look.yaw), 0.0, -math.sin(look.yaw)])
    towards = np.array([math.sin(look.yaw) * math.cos(look.pitch), math.sin(look.pitch),
                        math.cos(look.yaw) * math.cos(look.pitch)])  # fmt: skip
    above = np.cross(towards, across)
    shown = height / look.zoom
    # The place appears to the right of the middle where the camera looks past it on the left.
    target = place - shown * (look.shift[0] * across - look.shift[1] * above)
    up = math.cos(look.roll) * above - math.sin(look.roll) * across
    angle = 2 * math.atan(0.5 * shown / AWAY)
    return Camera.look_at(target + AWAY * towards, target, up=up, field_of_view=angle, near=0.2, far=2.0)


def each_of(looks: Sequence[Appearance], name: str, like: Tensor) -> Tensor:
    """A number of each clip [B, 1, 1, ...], to be combined with a tensor [B, ...]."""
    return like.new_tensor([getattr(look, name) for look in looks]).reshape(-1, *[1] * (like.ndim - 1))


def _develop(light: Tensor, cover: Tensor, looks: list[Appearance], generator: torch.Generator | None) -> Tensor:
    """Finished pictures [B, T, H, W] of linear light, and of how much of each pixel is covered."""
    grey = (light.clamp(min=0) + _DARKEST) ** _GAMMA + (1 - cover) * each_of(looks, "background", light)
    grey = 0.4 + each_of(looks, "contrast", light) * (grey - 0.4) + each_of(looks, "brightness", light)
    if any(look.blur for look in looks):
        grey = torch.cat([_blurred(clip, look.blur) for clip, look in zip(torch.split(grey, 1), looks, strict=True)])
    if any(look.noise for look in looks):
        noise = torch.randn(grey.shape, generator=generator, dtype=grey.dtype).to(grey.device)
        grey = grey + each_of(looks, "noise", light) * noise
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
