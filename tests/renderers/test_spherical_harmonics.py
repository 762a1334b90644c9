"""Light from all around, against its slow twin and against integrals over the sphere."""

import math

import numpy as np
import pytest
import torch
from scipy.special import sph_harm_y

from avatar.renderers import (
    Light,
    Lights,
    environment_coefficients,
    light_coefficients,
    spherical_harmonics,
    studio,
)
from avatar.renderers.normals import unit
from avatar.renderers.spherical_harmonics import COSINE_LOBE, HARMONICS

from .twins.spherical_harmonics import spherical_harmonics as slow_harmonics


def scene(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    normals = unit(torch.randn(*(shape or (2, 5)), 3, generator=generator, dtype=torch.float64))
    return normals, torch.randn(2, 9, 3, generator=generator, dtype=torch.float64)


def panorama(height=64):
    """Directions [H, 2 H, 3] and solid angles [H, 2 H] of an equirectangular picture."""
    polar = (torch.arange(height).double() + 0.5)[:, None] * math.pi / height
    around = (torch.arange(2 * height).double() + 0.5) * math.pi / height - math.pi
    x, y, z = -polar.sin() * around.sin(), polar.cos() + 0 * around, polar.sin() * around.cos()
    return torch.stack([x, y, z], -1), (polar.sin() + 0 * around) * (math.pi / height) ** 2


def test_equals_the_slow_twin():
    weight = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    results = []
    for function in (spherical_harmonics, slow_harmonics):
        inputs = [tensor.requires_grad_() for tensor in scene()]
        irradiance = function(*inputs)
        results.append((irradiance, *torch.autograd.grad((weight * irradiance).sum(), inputs)))
    for fast, slow in zip(*results, strict=True):
        torch.testing.assert_close(fast, slow, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("asked", [(True, True), (True, False), (False, True)])
def test_gradients_against_finite_differences(asked):
    inputs = [tensor.requires_grad_(wanted) for tensor, wanted in zip(scene(), asked, strict=True)]
    assert torch.autograd.gradcheck(spherical_harmonics, inputs)


def test_the_numbers_of_the_papers():
    published = [0.282095] + [0.488603] * 3 + [1.092548] * 3 + [0.546274, 0.315392]
    np.testing.assert_allclose(HARMONICS, published, atol=1e-6)
    # DECA's factors, harmonic norm and cosine lobe in one.
    np.testing.assert_allclose(
        np.multiply(HARMONICS, COSINE_LOBE),
        [0.282095] + [1.023328] * 3 + [0.858086] * 3 + [0.429043, 0.247708],
        atol=2e-6,
    )


def test_the_order_is_that_of_the_harmonics():
    directions, _ = panorama(4)
    x, y, z = directions.unbind(-1)
    polar, around = z.acos().numpy(), torch.atan2(y, x).numpy()
    root = math.sqrt(2)
    expected = [
        sph_harm_y(0, 0, polar, around).real,
        -root * sph_harm_y(1, 1, polar, around).real,
        -root * sph_harm_y(1, 1, polar, around).imag,
        sph_harm_y(1, 0, polar, around).real,
        root * sph_harm_y(2, 2, polar, around).imag,
        -root * sph_harm_y(2, 1, polar, around).real,
        -root * sph_harm_y(2, 1, polar, around).imag,
        root * sph_harm_y(2, 2, polar, around).real,
        sph_harm_y(2, 0, polar, around).real,
    ]
    for index, harmonic in enumerate(expected):
        single = torch.zeros(9, 3, dtype=torch.float64)
        single[index] = 1 / COSINE_LOBE[index]
        np.testing.assert_allclose(spherical_harmonics(directions, single)[..., 0], harmonic, atol=1e-12)


def test_the_light_of_a_panorama_falls_on_a_matte_surface():
    directions, angles = panorama()
    radiance = 0.7 + 0.2 * directions + 0.1 * directions.roll(1, -1) * directions
    coefficients = environment_coefficients(radiance)
    normals, _ = scene(6)
    cosine = torch.einsum("nd,hwd->nhw", normals, directions).clamp(min=0)
    expected = torch.einsum("nhw,hwc,hw->nc", cosine, radiance, angles) / math.pi
    torch.testing.assert_close(spherical_harmonics(normals, coefficients), expected, rtol=2e-3, atol=2e-3)


def test_the_same_light_all_around_shows_white_as_white():
    coefficients = environment_coefficients(torch.ones(7, 3, 3, dtype=torch.float64))
    torch.testing.assert_close(coefficients[0], torch.full((3,), 1 / HARMONICS[0], dtype=torch.float64))
    bright = environment_coefficients(torch.ones(64, 128, 3))
    torch.testing.assert_close(spherical_harmonics(scene()[0].float(), bright), torch.ones(2, 5, 3), atol=1e-3, rtol=0)
    environment = torch.rand(2, 3, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(environment_coefficients, environment)


def test_a_lamp_is_off_by_less_than_a_tenth():
    lamp = Light((1.0, 2.0, -0.5), (1.0, 0.5, 0.0), 2.0)
    normals = unit(torch.randn(2000, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64))
    toward = unit(torch.tensor(lamp.direction, dtype=torch.float64))
    exact = (normals @ toward).clamp(min=0)[:, None] * torch.tensor([2.0, 1.0, 0.0], dtype=torch.float64)
    error = spherical_harmonics(normals, light_coefficients(Lights(direct=(lamp,)))) - exact
    assert error.abs().max() < 0.1 * 2.0
    assert error[:, 2].abs().max() == 0.0


def test_lights_add_up_and_sky_and_ground_are_exact():
    whole = studio()
    parts = [Lights(direct=(lamp,)) for lamp in whole.direct] + [Lights((), whole.sky, whole.ground)]
    torch.testing.assert_close(light_coefficients(whole), sum(light_coefficients(part) for part in parts))
    normals, _ = scene()
    up = 0.5 + 0.5 * normals[..., 1:2]
    sky, ground = torch.tensor((whole.sky, whole.ground), dtype=torch.float64)
    torch.testing.assert_close(
        spherical_harmonics(normals, light_coefficients(parts[-1])), ground + up * (sky - ground)
    )


@pytest.mark.parametrize("shape", [(2, 4, 6), (2, 5), (2,), (2, 1, 1), (2, 0, 3), (2, 0)])
def test_any_shape(shape):
    normals, coefficients = scene(*shape)
    irradiance = spherical_harmonics(normals, coefficients)
    assert irradiance.shape == normals.shape and irradiance.is_contiguous()
    assert spherical_harmonics(normals[:0], coefficients[:0]).shape == (0, *normals.shape[1:])
    torch.testing.assert_close(spherical_harmonics(normals[1:], coefficients[1:]), irradiance[1:])
    torch.testing.assert_close(spherical_harmonics(normals, coefficients[1])[1:], irradiance[1:])
    torch.testing.assert_close(spherical_harmonics(normals, coefficients[1:])[1:], irradiance[1:])


def test_one_normal():
    normals, coefficients = scene()
    one = spherical_harmonics(normals[0, 0], coefficients[0])
    torch.testing.assert_close(one, spherical_harmonics(normals, coefficients)[0, 0])


def test_precision_and_strides():
    normals, coefficients = scene(2, 3, 4)
    exact = spherical_harmonics(normals, coefficients)
    assert spherical_harmonics(normals.float(), coefficients).dtype == torch.float64
    half = normals.half().requires_grad_()
    single = spherical_harmonics(half, coefficients.float())
    single.sum().backward()
    assert single.dtype == torch.float32 and half.grad.dtype == torch.float16
    torch.testing.assert_close(single.double(), exact, atol=2e-2, rtol=0)
    strided = normals.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)
    assert torch.equal(spherical_harmonics(strided, coefficients.mT.contiguous().mT), exact)
    assert not exact.requires_grad


@pytest.mark.parametrize(
    ("normals", "coefficients", "error", "message"),
    [
        (torch.zeros(2, 5, 2), torch.zeros(9, 3), ValueError, r"normals must be \[..., 3\], got \[2, 5, 2\]"),
        (torch.zeros(2, 5, 3), torch.zeros(27), ValueError, r"coefficients must be \[..., 9, 3\], got \[27\]"),
        (
            torch.zeros(2, 5, 3),
            torch.zeros(3, 9, 3),
            ValueError,
            r"B = 1 or as many as normals \[2, 5, 3\] has, got \[3",
        ),
        (torch.zeros(3), torch.zeros(2, 9, 3), ValueError, r"coefficients must be \[9, 3\], or .* got \[2, 9, 3\]"),
        (torch.zeros(2, 3).int(), torch.zeros(9, 3), TypeError, "normals must be of floating-point numbers, got int32"),
        ([[0.0, 0.0, 1.0]], torch.zeros(9, 3), TypeError, "normals must be a tensor, got list"),
    ],
)
def test_errors_name_the_argument(normals, coefficients, error, message):
    with pytest.raises(error, match=message):
        spherical_harmonics(normals, coefficients)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (torch.zeros(4, 8), r"environment must be \[H, W, 3\], got \[4, 8\]"),
        (torch.zeros(0, 8, 3), r"environment must have at least one pixel, got \[0, 8, 3\]"),
        (torch.full((4, 8, 3), torch.inf), r"environment must be finite, got inf at \[0, 0, 0\]; cut off"),
    ],
)
def test_errors_of_panoramas(environment, message):
    with pytest.raises(ValueError, match=message):
        environment_coefficients(environment)
