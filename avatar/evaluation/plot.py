"""Curves against the sound that they belong to, with the phones marked."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from avatar.articulation.phones import BILABIAL, LABIODENTAL, SILENCE
from avatar.evaluation.baseline import ENVELOPES
from avatar.evaluation.comparison import REFERENCE, Scene
from avatar.evaluation.contacts import CLOSED
from avatar.files import replacing

_INCHES_A_SECOND, _NARROWEST, _WIDEST = 2.0, 9.0, 60.0
_MEASURES = {"opening": "opening, mm", "width": "width, mm", "protrusion": "protrusion, mm"}
_CONTACTS = ((BILABIAL, "#d62728"), (LABIODENTAL, "#ff7f0e"))
_COLOURS = ("#1f77b4", "#2ca02c", "#9467bd", "#17becf", "#8c564b", "#e377c2")


def plot_scene(scene: Scene, path: str | os.PathLike[str], *, controls: Sequence[str] = ()) -> None:
    """Draw a recording: waveform and spectrogram, mouth measures, and chosen controls, one panel each.

    The reference is black, the envelopes are grey and dashed (in the opening only). P B M are marked red, F V orange;
    the dotted line is where lips count as closed.

    Args:
        scene: measured.
        path: the picture to write, .png, .svg or .pdf.
        controls: names of curves to draw as well, such as "jawOpen".

    Raises:
        ValueError: no clip has such a control.
        ImportError: matplotlib is missing.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("plots need matplotlib; pip install 'avatar[plot]'") from error
    for control in controls:
        if not any(control in animation.space for animation in scene.curves.values()):
            raise ValueError(f"no clip of {scene.name} has the control {control!r}; `avatar info CLIP` names some")
    heights = [0.8, 1.2] * (scene.sound is not None) + [1.6] * (len(_MEASURES) + len(controls))
    end = max(motion.times[-1] if len(motion.times) else 0.0 for motion in scene.motions.values())
    width = float(np.clip(_INCHES_A_SECOND * end, _NARROWEST, _WIDEST))
    figure = Figure((width, sum(heights) + 0.8), layout="constrained")
    FigureCanvasAgg(figure)
    panels = list(figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0])
    rest = iter(panels)
    if scene.sound is not None:
        _draw_sound(next(rest), next(rest), scene)
    for name, title in _MEASURES.items():
        _draw_measure(next(rest), scene, name, title)
    for control, panel in zip(controls, rest, strict=True):
        for heading, animation in scene.curves.items():
            if control in animation.space:
                panel.plot(animation.times, animation[control], **_style(scene, heading))
        panel.set_ylabel(control)
    for panel in panels:
        _mark_phones(panel, scene, named=panel is panels[0])
        panel.set_xlim(0, end)
    panels[-1].set_xlabel("seconds")
    figure.suptitle(scene.name)
    handles, labels = panels[len(heights) - len(_MEASURES) - len(controls)].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    with replacing(path) as unfinished:
        figure.savefig(unfinished, dpi=110)


def _draw_sound(wave: Any, spectrum: Any, scene: Scene) -> None:
    from scipy.signal import spectrogram

    assert scene.sound is not None
    samples, rate = scene.sound.samples, scene.sound.sample_rate
    step = max(1, rate // 2000)
    loudest = np.array([np.abs(samples[i : i + step]).max() for i in range(0, len(samples), step)])
    times = np.arange(len(loudest)) * step / rate
    wave.fill_between(times, -loudest, loudest, color="#555555", linewidth=0)
    wave.set_ylabel("sound")
    wave.set_yticks([])
    window = round(0.025 * rate)
    frequencies, centres, power = spectrogram(samples, rate, nperseg=window, noverlap=window - round(0.005 * rate))
    level = 10 * np.log10(power + 1e-12)
    spectrum.pcolormesh(
        centres, frequencies / 1000, level, cmap="Greys", vmin=level.max() - 60, shading="nearest", rasterized=True
    )
    spectrum.set_ylabel("kHz")


def _draw_measure(panel: Any, scene: Scene, name: str, title: str) -> None:
    for heading, motion in scene.motions.items():
        if heading not in ENVELOPES or name == "opening":
            panel.plot(motion.times, getattr(motion, name), **_style(scene, heading))
    if name == "opening":
        panel.axhline(CLOSED, color="black", linewidth=0.6, linestyle=":")
    panel.set_ylabel(title)


def _style(scene: Scene, heading: str) -> dict[str, Any]:
    if heading == REFERENCE:
        return {"label": heading, "color": "black", "linewidth": 1.4}
    if heading in ENVELOPES:
        grey = "#999999" if heading == next(iter(ENVELOPES)) else "#cccccc"
        return {"label": heading, "color": grey, "linewidth": 0.9, "linestyle": "--"}
    systems = [other for other in scene.motions if other != REFERENCE and other not in ENVELOPES]
    return {"label": heading, "color": _COLOURS[systems.index(heading) % len(_COLOURS)], "linewidth": 1.2}


def _mark_phones(panel: Any, scene: Scene, *, named: bool) -> None:
    spoken = [phone for phone in scene.phones if phone.symbol != SILENCE]
    for place, phone in enumerate(spoken):
        panel.axvline(phone.start, color="black", linewidth=0.3, alpha=0.4)
        panel.axvline(phone.end, color="black", linewidth=0.3, alpha=0.4)
        for symbols, colour in _CONTACTS:
            if phone.symbol in symbols:
                panel.axvspan(phone.start, phone.end, color=colour, alpha=0.18, linewidth=0)
        if named:  # in two rows, so that short phones can be read
            spot = ((phone.start + phone.end) / 2, 1.04 + 0.16 * (place % 2))
            panel.annotate(phone.symbol, spot, xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=7)
