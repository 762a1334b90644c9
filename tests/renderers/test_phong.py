"""Matte and shiny surfaces against their slow twin, and where their limits are known."""

from itertools import product

import pytest
import torch

from avatar.renderers import Light, Lights, LightTensors, phong, studio

from .twins.phong import phong as slow_phong

EYE = torch.tensor([0.0, 0.0, 1.0])


def scene(*shape, seed=0):
    """Normals, positions, albedo, then the four of two lights, then the camera; one of each for each of two images."""
    generator = torch.Generator().manual_seed(seed)

    def random(*size):
        return torch.randn(*size, generator=generator, dtype=torch.float64)

    shape = shape or (2, 5)
    front = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    surface = (random(*shape, 3) + front, 0.1 * random(*shape, 3), random(*shape, 3).sigmoid())
    lights = (random(2, 2, 3) + front, random(2, 2, 3).sigmoid(), random(2, 3).sigmoid(), random(2, 3).sigmoid())
    return [*surface, *lights, random(2, 3) + 2 * front]


def colours(function, given, **options):
    normals, positions, albedo, direction, colour, sky, ground, eye = given
    return function(normals, positions, albedo, LightTensors(direction, colour, sky, ground), eye, **options)


def test_equals_the_slow_twin():
    weight = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    results = []
    for function in (phong, slow_phong):
        given = [tensor.requires_grad_() for tensor in scene()]
        picture = colours(function, given, specular=0.3, shininess=7.0)
        results.append((picture, *torch.autograd.grad((weight * picture).sum(), given)))
    for fast, slow in zip(*results, strict=True):
        torch.testing.assert_close(fast, slow, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("asked", [*torch.eye(8).bool().tolist(), *product((False, True), repeat=3)])
def test_gradients_against_finite_differences(asked):
    wanted = asked if len(asked) == 8 else (*asked, True, False, False, True, False)
    given = [tensor.requires_grad_(need) for tensor, need in zip(scene(2, 3), wanted, strict=True)]
    assert torch.autograd.gradcheck(lambda *tensors: colours(phong, tensors), given)


def test_gradients_to_the_highlights():
    given = scene(2, 3)
    specular = torch.rand(2, 3, 3, dtype=torch.float64, requires_grad=True)
    shininess = (1 + 9 * torch.rand(2, 3, 1, dtype=torch.float64)).requires_grad_()
    single = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)

    def picture(share, exponent):
        return colours(phong, given, specular=share, shininess=exponent)

    assert torch.autograd.gradcheck(picture, (specular, shininess))
    assert torch.autograd.gradcheck(picture, (single, single))
    torch.testing.assert_close(picture(single, single), picture(5.0, 5.0))


def test_a_lamp_in_front_of_a_wall():
    # Light, camera and normal in one line: albedo and highlight in full.
    wall = torch.tensor([[0.0, 0.0, 3.0]])
    lamp = Lights(direct=(Light((0.0, 0.0, 2.0), (1.0, 0.5, 0.25), 0.8),))
    picture = phong(wall, torch.zeros(1, 3), torch.full((1, 3), 0.5), lamp, EYE, specular=0.1)
    torch.testing.assert_close(picture, 0.6 * 0.8 * torch.tensor([[1.0, 0.5, 0.25]]))
    # The mirror's direction is where a highlight is strongest.
    slanted = Lights(direct=(Light((0.0, 1.0, 1.0)),))
    heights = torch.linspace(-2, 2, 401)
    seen = torch.stack([0 * heights, heights, 0 * heights], -1)[None]
    shine = phong(wall.expand_as(seen), seen, torch.zeros(1, 1, 3), slanted, EYE, specular=1.0, shininess=200)
    assert heights[shine[0, :, 0].argmax()].item() == pytest.approx(1.0, abs=0.02)


def test_from_behind_only_the_surroundings_light():
    lights = Lights(direct=(Light((0.0, 0.0, -1.0)),), sky=(0.5, 0.5, 0.5), ground=(0.1, 0.2, 0.3))
    normals = torch.tensor([[[0.0, 0.0, 1.0], [0.0, 0.6, 0.8], [0.0, -1.0, 0.0], [0.0, 0.0, 0.0]]])
    picture = phong(normals, torch.zeros(1, 4, 3), torch.ones(1, 1, 3), lights, EYE)
    share = torch.tensor([0.5, 0.8, 0.0, 0.5])[:, None]
    torch.testing.assert_close(
        picture[0], share * torch.tensor([0.5] * 3) + (1 - share) * torch.tensor([0.1, 0.2, 0.3])
    )


def test_degenerate_places_have_finite_gradients():
    # No normal; the camera in the surface; light, camera and surface in one line with the light behind.
    normals = torch.tensor([[[0.0, 0, 0], [0, 0, 1], [0, 1, 0]]], requires_grad=True)
    positions = torch.tensor([[[0.0, 0, 0], [0, 0, 1], [0, 0, 0]]], requires_grad=True)
    lights = Lights(direct=(Light((0.0, 0.0, -1.0)), Light((0.0, 0.0, 1.0))))
    phong(normals, positions, torch.ones(1, 3, 3), lights, EYE, shininess=1).sum().backward()
    assert normals.grad.isfinite().all() and positions.grad.isfinite().all()
    assert not normals.grad[0, 0].any()


@pytest.mark.parametrize("shape", [(2, 4, 6), (2, 5), (2,), (2, 1, 1), (2, 0, 3)])
def test_any_shape(shape):
    given = scene(*shape)
    picture = colours(phong, given)
    assert picture.shape == (*shape, 3) and picture.is_contiguous()
    torch.testing.assert_close(colours(phong, [tensor[1:] for tensor in given]), picture[1:])
    assert colours(phong, [tensor[:0] for tensor in given]).shape == (0, *shape[1:], 3)


def test_lights_for_all_images():
    given = scene()
    shared = [tensor[:1].expand_as(tensor) for tensor in given[3:]]
    expected = colours(phong, given[:3] + shared)
    torch.testing.assert_close(colours(phong, given[:3] + [tensor[0] for tensor in given[3:]]), expected)
    torch.testing.assert_close(colours(phong, given[:3] + [tensor[:1] for tensor in given[3:]]), expected)
    tensors, eye = LightTensors.of(studio()), given[-1]
    torch.testing.assert_close(phong(*given[:3], studio(), eye), phong(*given[:3], tensors, eye))


def test_precision_and_strides():
    given = scene(2, 3, 4)
    exact = colours(phong, given)
    assert not exact.requires_grad and exact.dtype == torch.float64
    half = [tensor.half().requires_grad_() for tensor in given[:3]]
    picture = phong(*half, studio(), EYE)
    picture.sum().backward()
    assert picture.dtype == torch.float32 and {tensor.grad.dtype for tensor in half} == {torch.float16}
    assert phong(half[0], given[1], half[2], studio(), EYE).dtype == torch.float64
    strided = [tensor.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0) for tensor in given[:3]]
    assert torch.equal(colours(phong, strided + given[3:]), exact)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"normals": torch.zeros(2, 5, 4)}, ValueError, r"normals must be \[..., 3\], got \[2, 5, 4\]"),
        ({"normals": torch.zeros(3)}, ValueError, r"normals must be \[B, ..., 3\], got \[3\]; add the axis"),
        ({"normals": torch.zeros(2, 5, 3).long()}, TypeError, "normals must be of floating-point numbers, got int64"),
        (
            {"positions": torch.zeros(2, 4, 3)},
            ValueError,
            r"positions must be \[2, 5, 3\] as the normals are, got \[2, 4",
        ),
        ({"albedo": torch.zeros(2, 4, 3)}, ValueError, r"albedo must broadcast to \[2, 5, 3\], got \[2, 4, 3\]"),
        ({"albedo": None}, TypeError, "albedo must be a tensor, got NoneType"),
        (
            {"camera_position": torch.zeros(4, 3)},
            ValueError,
            r"camera_position must be \[3\] or \[2, 3\], got \[4, 3\]",
        ),
        ({"shininess": 0.5}, ValueError, "shininess must be 1 or more, got 0.5"),
        ({"shininess": torch.ones(2, 5, 3)}, ValueError, r"shininess must broadcast to \[2, 5, 1\], got \[2, 5, 3\]"),
        (
            {"lights": LightTensors(torch.ones(3, 1, 3), torch.ones(1, 3), torch.ones(3), torch.ones(3))},
            ValueError,
            "direction must be for 1 image or for all 2, got 3",
        ),
    ],
)
def test_errors_name_the_argument(change, error, message):
    zeros = torch.zeros(2, 5, 3)
    arguments = {"normals": zeros, "positions": zeros, "albedo": zeros, "lights": studio(), "camera_position": EYE}
    with pytest.raises(error, match=message):
        phong(**(arguments | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"direction": torch.ones(3)}, r"direction must be \[L, 3\] or \[B, L, 3\], got \[3\]"),
        ({"colour": torch.ones(3, 3)}, "colour must be one for each of the 2 lights, got 3"),
        ({"sky": torch.ones(1, 1, 3)}, r"sky must be \[3\] or \[B, 3\], got \[1, 1, 3\]"),
        ({"ground": torch.ones(2)}, r"ground must be \[..., 3\], got \[2\]"),
    ],
)
def test_errors_of_lights(change, message):
    lights = {"direction": torch.ones(2, 3), "colour": torch.ones(2, 3), "sky": torch.ones(3), "ground": torch.ones(3)}
    with pytest.raises(ValueError, match=message):
        LightTensors(**(lights | change))
