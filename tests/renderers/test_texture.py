"""Textures against their slow twin, and the laws that they must keep."""

import pytest
import torch

from avatar.renderers.mipmaps import mipmaps
from avatar.renderers.texture import texture

from .twins.texture import texture as slow_texture

FILTERS = ("nearest", "bilinear", "trilinear")
WRAPS = ("repeat", "clamp", "mirror")


def scene(*, textures=2, size=(5, 7), pixels=(4, 6), mode="bilinear", dtype=torch.float64, seed=0):
    """Texels, places in and around the texture, and what else the filter needs."""
    generator = torch.Generator().manual_seed(seed)
    texels = torch.rand(textures, *size, 3, generator=generator, dtype=torch.float64)
    uv = 4 * torch.rand(2, *pixels, 2, generator=generator, dtype=torch.float64) - 1.5
    footprint = torch.randn(2, *pixels, 2, 2, generator=generator, dtype=torch.float64) / 3
    more = {"footprint": footprint.to(dtype)} if mode == "trilinear" else {}
    return texels.to(dtype), uv.to(dtype), more | {"filter": mode}


@pytest.mark.parametrize("textures", [1, 2])
@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("mode", FILTERS)
def test_equals_the_slow_twin(mode, wrap, textures):
    texels, uv, more = scene(textures=textures, mode=mode)
    weight = torch.randn(2, 4, 6, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    results = []
    for function in (texture, slow_texture):
        inputs = [tensor.clone().requires_grad_() for tensor in (texels, uv)]
        colours = function(*inputs, wrap=wrap, **more)
        gradients = torch.autograd.grad((weight * colours).sum(), inputs, materialize_grads=True)
        results.append((colours, *gradients))
    for fast, slow in zip(*results, strict=True):
        torch.testing.assert_close(fast, slow, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("asked", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("mode", FILTERS)
def test_gradients_against_finite_differences(mode, wrap, asked):
    texels, uv, more = scene(textures=1, size=(3, 4), pixels=(2, 3), mode=mode)
    inputs = [tensor.requires_grad_(wanted) for tensor, wanted in zip((texels, uv), asked, strict=True)]
    assert torch.autograd.gradcheck(lambda *given: texture(*given, wrap=wrap, threads=1, **more), inputs)


def test_the_origin_is_the_bottom_left_corner():
    texels = torch.arange(6.0).reshape(1, 2, 3, 1)
    corners = torch.tensor([[[0.01, 0.01], [0.99, 0.01], [0.01, 0.99], [0.99, 0.99]]])[None]
    assert texture(texels, corners, filter="nearest").flatten().tolist() == [3.0, 5.0, 0.0, 2.0]


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
@pytest.mark.parametrize("wrap", WRAPS)
def test_the_centres_of_texels_show_them(mode, wrap):
    texels = torch.rand(1, 5, 7, 2, dtype=torch.float64)
    v, u = torch.meshgrid(1 - (torch.arange(5).double() + 0.5) / 5, (torch.arange(7).double() + 0.5) / 7, indexing="ij")
    torch.testing.assert_close(texture(texels, torch.stack([u, v], -1)[None], filter=mode, wrap=wrap), texels)


def test_beyond_the_edges():
    row = torch.tensor([0.0, 1.0, 2.0, 3.0]).reshape(1, 1, 4, 1)
    u = torch.tensor([-0.375, -0.125, 1.125, 1.375, 2.125])
    uv = torch.stack([u, torch.full_like(u, 0.5)], -1)[None, None]
    expected = {"repeat": [2, 3, 0, 1, 0], "clamp": [0, 0, 3, 3, 3], "mirror": [1, 0, 3, 2, 0]}
    for wrap, colours in expected.items():
        assert texture(row, uv, wrap=wrap).flatten().tolist() == colours
    # Half way over the edge: with the texel on the other side, or alone.
    edge = torch.tensor([[[[0.0, 0.5]]]])
    assert [texture(row, edge, wrap=wrap).item() for wrap in expected] == [1.5, 0.0, 0.0]


@pytest.mark.parametrize("wrap", WRAPS)
def test_far_outside_stays_inside(wrap):
    texels = torch.rand(1, 3, 5, 1)
    uv = torch.tensor([3e38, -3e38, 1e20, -1e-30, 1.0, -1.0]).reshape(1, 1, 6, 1).expand(-1, -1, -1, 2)
    for mode in ("nearest", "bilinear"):
        colours = texture(texels, uv, filter=mode, wrap=wrap)
        assert ((colours >= texels.min()) & (colours <= texels.max())).all()


def test_mipmaps_keep_the_mean():
    texels = torch.rand(2, 13, 6, 3, dtype=torch.float64)
    levels = mipmaps(texels)
    assert [tuple(level.shape[1:3]) for level in levels] == [(13, 6), (6, 3), (3, 1), (1, 1)]
    for level in levels[1:]:
        torch.testing.assert_close(level.mean((1, 2)), texels.mean((1, 2)))
    torch.testing.assert_close(levels[1][:, 0, 0], (texels[:, :2, :2].sum(1) * 6 + texels[:, 2, :2]).sum(1) / 26)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (4, 4), (7, 2)])
def test_gradients_reach_the_finest_level(size):
    texels = torch.rand(1, *size, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda given: mipmaps(given)[1:] or (given.sum(),), texels)


def looking_at(levels, *, size=16):
    """A texture, and a footprint of 2 ** `levels` texels along one axis and less along the other, for each level."""
    texels = torch.rand(1, size, size, 1, dtype=torch.float64)
    lengths = 2.0 ** torch.as_tensor(levels, dtype=torch.float64) / size
    footprint = torch.diag_embed(torch.stack([lengths, 0.3 * lengths], -1))
    return texels, footprint.reshape(1, 1, -1, 2, 2)


def test_the_longest_axis_chooses_the_level():
    texels, footprint = looking_at([-3.0, 0.0, 1.0, 2.0, 2.25, 4.0, 30.0])
    uv = torch.full((1, 1, 7, 2), 0.5, dtype=torch.float64)
    levels = [texture(level, uv[:, :, :1]).item() for level in mipmaps(texels)]
    expected = [levels[0], levels[0], levels[1], levels[2], 0.75 * levels[2] + 0.25 * levels[3], levels[4], levels[4]]
    angle = torch.tensor(0.7)
    turn = torch.tensor([[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]], dtype=torch.float64)
    for seen in (footprint, footprint @ turn, turn @ footprint, footprint.flip(-1)):
        colours = texture(texels, uv, footprint=seen, filter="trilinear").flatten()
        torch.testing.assert_close(colours, torch.tensor(expected, dtype=torch.float64), rtol=1e-6, atol=1e-6)


def test_footprints_that_are_no_numbers():
    texels, footprint = looking_at([0.0, 0.0, 0.0])
    footprint[0, 0, 0], footprint[0, 0, 1], footprint[0, 0, 2] = torch.nan, torch.inf, 0.0
    uv = torch.full((1, 1, 3, 2), 0.3, dtype=torch.float64)
    colours = texture(texels, uv, footprint=footprint, filter="trilinear").flatten()
    finest = texture(texels, uv[:, :, :1]).item()
    # Infinity minus infinity is not a number either.
    torch.testing.assert_close(colours, torch.tensor([finest, finest, finest], dtype=torch.float64))
    one_way = torch.tensor([[torch.inf, 0.0], [0.0, 0.0]], dtype=torch.float64).expand(1, 1, 1, 2, 2)
    colour = texture(texels, uv[:, :, :1], footprint=one_way, filter="trilinear")
    torch.testing.assert_close(colour.flatten(), texels.mean()[None])


def test_one_texel_adds_up_a_million_pixels_exactly():
    texel = torch.ones(1, 1, 1, 1, requires_grad=True)
    texture(texel, torch.zeros(1, 1024, 1024, 2)).backward(torch.full((1, 1024, 1024, 1), 0.1))
    assert texel.grad.item() == pytest.approx(0.1 * 1024**2, rel=1e-7)


@pytest.mark.parametrize("textures", [1, 2])
@pytest.mark.parametrize("threads", [2, 3, 16])
def test_the_same_bits_with_any_number_of_threads(textures, threads):
    texels, uv, more = scene(textures=textures, pixels=(17, 23), mode="trilinear", dtype=torch.float32)
    results = []
    for count in (1, threads):
        inputs = [tensor.clone().requires_grad_() for tensor in (texels, uv)]
        colours = texture(*inputs, threads=count, **more)
        results.append((colours, *torch.autograd.grad(colours.square().sum(), inputs)))
    for one, many in zip(*results, strict=True):
        assert torch.equal(one, many)


@pytest.mark.parametrize("mode", FILTERS)
def test_a_batch_of_one_equals_a_slice_of_a_batch(mode):
    texels, uv, more = scene(mode=mode)
    more_alone = more | ({"footprint": more["footprint"][1:]} if mode == "trilinear" else {})
    assert torch.equal(texture(texels, uv, **more)[1:], texture(texels[1:], uv[1:], **more_alone))
    assert torch.equal(texture(texels[:1], uv, **more)[1:], texture(texels[:1], uv[1:], **more_alone))


@pytest.mark.parametrize("mode", FILTERS)
def test_strides_do_not_matter(mode):
    texels, uv, more = scene(mode=mode)
    plain = [tensor.clone().requires_grad_() for tensor in (texels, uv)]
    strided = [texels.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0), uv.flip(-1).contiguous().flip(-1)]
    strided[1] = torch.stack([strided[1], strided[1]], 1)[:, 0]
    strided = [tensor.detach().requires_grad_() for tensor in strided]
    if mode == "trilinear":
        more_strided = more | {"footprint": more["footprint"].mT.contiguous().mT}
    else:
        more_strided = more
    weight = torch.rand(3, 6, 4, 2, dtype=torch.float64).permute(3, 2, 1, 0)
    for a, b in zip(
        torch.autograd.grad((texture(*plain, **more) * weight.contiguous()).sum(), plain, materialize_grads=True),
        torch.autograd.grad((texture(*strided, **more_strided) * weight).sum(), strided, materialize_grads=True),
        strict=True,
    ):
        assert torch.equal(a, b)


def test_precision():
    texels, uv, _ = scene()
    exact = texture(texels, uv)
    assert exact.dtype == torch.float64
    assert texture(texels.float(), uv).dtype == torch.float64
    single = texture(texels.float(), uv.float())
    assert single.dtype == torch.float32
    torch.testing.assert_close(single, exact.float(), rtol=1e-5, atol=1e-5)
    half, places = texels.half().requires_grad_(), uv.half().requires_grad_()
    colours = texture(half, places)
    assert colours.dtype == torch.float32
    colours.sum().backward()
    assert half.grad.dtype == places.grad.dtype == torch.float16


def test_empty_and_tiny_images():
    texels = torch.rand(1, 3, 4, 2, requires_grad=True)
    for shape in ((0, 5, 5), (2, 0, 5), (2, 5, 0)):
        uv = torch.zeros(*shape, 2, requires_grad=True)
        colours = texture(texels, uv)
        assert colours.shape == (*shape, 2)
        to_texels, to_uv = torch.autograd.grad(colours.sum(), (texels, uv))
        assert not to_texels.any() and to_uv.shape == uv.shape
    assert texture(texels[..., :0], torch.zeros(1, 2, 3, 2)).shape == (1, 2, 3, 0)
    one = texture(
        texels, torch.zeros(1, 1, 1, 2), footprint=torch.full((1, 1, 1, 2, 2), 9.0), filter="trilinear", threads=4
    )
    torch.testing.assert_close(one.flatten(), texels.mean((0, 1, 2)))


def test_no_gradient_asked_no_work(monkeypatch):
    texels, uv, more = scene(mode="trilinear")
    assert not texture(texels, uv, **more).requires_grad
    footprint = more["footprint"].requires_grad_()
    assert not texture(texels, uv, footprint=footprint, filter="trilinear").requires_grad
    monkeypatch.setitem(texture.__globals__, "sample_to_texels", None)
    places = uv.clone().requires_grad_()
    texture(texels, places, **more).sum().backward()
    monkeypatch.undo()
    monkeypatch.setitem(texture.__globals__, "sample_to_uv", None)
    texture(texels.requires_grad_(), uv, **more).sum().backward()
    assert places.grad.any() and texels.grad.any()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"texels": torch.zeros(4, 4, 3)},
            ValueError,
            r"texels must be \[B, H, W, C\], got \[4, 4, 3\]; add",
        ),
        ({"texels": torch.zeros(3, 4, 4, 3)}, ValueError, "1 texture or one for each of the 2 images of uv, got 3"),
        ({"texels": torch.zeros(1, 0, 4, 3)}, ValueError, r"at least one texel, got \[1, 0, 4, 3\]"),
        ({"texels": torch.zeros(1, 4, 4, 3).byte()}, TypeError, "floating-point numbers, got uint8; convert it, bytes"),
        ({"texels": [[0.0]]}, TypeError, "texels must be a tensor, got list"),
        ({"texels": torch.zeros(1, 4, 4, 3, device="meta")}, ValueError, "texels must be on the CPU, got meta"),
        ({"uv": torch.zeros(2, 3, 3, 3)}, ValueError, r"uv must be \[B, h, w, 2\], got \[2, 3, 3, 3\]"),
        ({"uv": torch.full((2, 3, 3, 2), torch.inf)}, ValueError, r"uv must be finite, got inf at \[0, 0, 0, 0\]; set"),
        ({"filter": "cubic"}, ValueError, 'filter must be one of "nearest", "bilinear", "trilinear", got \'cubic\''),
        ({"wrap": "border"}, ValueError, 'wrap must be one of "repeat", "clamp", "mirror", got \'border\''),
        ({"filter": "trilinear"}, ValueError, "footprint must be given .* pass screen_derivatives"),
        ({"footprint": torch.zeros(2, 3, 3, 2, 2)}, ValueError, 'footprint must be given .* pass filter="trilinear"'),
        (
            {"footprint": torch.zeros(2, 3, 3, 4), "filter": "trilinear"},
            ValueError,
            r"footprint must be \[2, 3, 3, 2, 2\], got \[2, 3, 3, 4\]",
        ),
        ({"threads": 0}, ValueError, "threads must be at least 1, got 0"),
    ],
)
def test_errors_name_the_argument(change, error, message):
    arguments = {"texels": torch.zeros(1, 4, 4, 3), "uv": torch.zeros(2, 3, 3, 2)} | change
    with pytest.raises(error, match=message):
        texture(arguments.pop("texels"), arguments.pop("uv"), **arguments)
