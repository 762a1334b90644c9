"""Who speaks in the corpus, and who is kept for the test."""

from __future__ import annotations

from dataclasses import replace

from avatar.datasets.synthesis import Voice

KOKORO_TRAINING = [
    "af_heart",
    "af_alloy",
    "af_aoede",
    "af_jessica",
    "af_kore",
    "af_nicole",
    "af_nova",
    "af_river",
    "af_sarah",
    "af_sky",
    "am_adam",
    "am_echo",
    "am_eric",
    "am_liam",
    "am_michael",
    "am_onyx",
    "am_puck",
    "am_santa",
    "bf_alice",
    "bf_emma",
    "bf_lily",
    "bm_daniel",
    "bm_george",
    "bm_lewis",
]

KOKORO_HELD_OUT = ("af_bella", "am_fenrir", "bf_isabella", "bm_fable")
"""A woman and a man of either accent; they are part of no blend."""

SHIFTS = (1.0, 0.85, 1.18, 0.92, 1.08, 0.88, 1.13)
"""Pitch and formants of the flite and festival speakers, each counted as a speaker of its own."""

FLITE_TRAINING = ("slt", "rms", "kal16")
FLITE_HELD_OUT = ("awb",)
FESTIVAL_TRAINING = ("slt_hts", "kal")
FESTIVAL_HELD_OUT = ("ked",)


def kokoro_voices() -> list[Voice]:
    """24 voices and 24 blends of two for training, four held out."""
    single = [Voice(f"kokoro-{name}", "kokoro", (name,)) for name in KOKORO_TRAINING]
    count = len(KOKORO_TRAINING)
    blends = [
        # A stride of seven marries every voice twice, and most with another sex or accent.
        Voice(f"kokoro-{first}+{second}", "kokoro", (first, second))
        for first, second in ((name, KOKORO_TRAINING[(i + 7) % count]) for i, name in enumerate(KOKORO_TRAINING))
    ]
    held_out = [Voice(f"kokoro-{name}", "kokoro", (name,), held_out=True) for name in KOKORO_HELD_OUT]
    return [*single, *blends, *held_out]


def _shifted(engine: str, names: tuple[str, ...], *, held_out: bool) -> list[Voice]:
    return [
        Voice(f"{engine}-{name}@{shift:.2f}", engine, (name,), shift, held_out) for shift in SHIFTS for name in names
    ]


def flite_voices() -> list[Voice]:
    """Three voices in seven sizes for training, one in seven sizes held out."""
    return [
        *_shifted("flite", FLITE_TRAINING, held_out=False),
        *_shifted("flite", FLITE_HELD_OUT, held_out=True),
    ]


def festival_voices() -> list[Voice]:
    """Two voices in seven sizes for training, one in seven sizes held out."""
    return [
        *_shifted("festival", FESTIVAL_TRAINING, held_out=False),
        *_shifted("festival", FESTIVAL_HELD_OUT, held_out=True),
    ]


LANGUAGE_STYLES = {
    "Spanish": (("ef_dora", "em_alex"), ("em_santa",)),
    "French": (("ff_siwis",), ()),
    "Portuguese": (("pf_dora", "pm_alex"), ("pm_santa",)),
    "Hindi": (("hf_alpha", "hf_beta", "hm_omega"), ("hm_psi",)),
    "Japanese": (("jf_alpha", "jf_gongitsune", "jf_tebukuro", "jm_kumo"), ("jf_nezumi",)),
    "Mandarin": (
        ("zf_xiaobei", "zf_xiaoni", "zf_xiaoxiao", "zm_yunjian", "zm_yunxi", "zm_yunxia"),
        ("zf_xiaoyi", "zm_yunyang"),
    ),
    "Italian": ((), ("if_sara", "im_nicola")),
}
"""Kokoro's voices for each language: for training, and held out."""


def language_voices(language: str) -> list[Voice]:
    """Kokoro's voices for a language; each for training also blended with an English one, which lends it its body."""
    training, held_out = LANGUAGE_STYLES[language]
    single = [Voice(f"kokoro-{name}", "kokoro", (name,), language=language) for name in training]
    blends = [
        Voice(f"kokoro-{name}+{other}", "kokoro", (name, other), language=language)
        for place, name in enumerate(training)
        for other in (_english(5 * place), _english(5 * place + 11))
    ]
    strangers = [Voice(f"kokoro-{name}", "kokoro", (name,), held_out=True, language=language) for name in held_out]
    return [*single, *blends, *strangers]


def _english(place: int) -> str:
    return KOKORO_TRAINING[place % len(KOKORO_TRAINING)]


def russian_voices() -> list[Voice]:
    """Festival's Russian voice in seven sizes."""
    return [
        Voice(f"festival-nsh@{shift:.2f}", "festival", ("nsh",), shift, language="Russian", licence="BSD-like")
        for shift in SHIFTS
    ]


def finnish_voices() -> list[Voice]:
    """Festival's Finnish voices in seven sizes, held out: their licence, too, keeps them out of the training."""
    return [
        Voice(f"festival-{name}@{shift:.2f}", "festival", (name,), shift, True, "Finnish", licence="LGPL-2.1")
        for shift in SHIFTS
        for name in ("mv", "lj")
    ]


def hibari_voices() -> list[Voice]:
    """Hibari's voice in three sizes, held out."""
    return [Voice(f"hibari-heart@{shift:.2f}", "hibari", ("heart",), shift, True) for shift in (1.0, 0.88, 1.13)]


def in_manner(voices: list[Voice], *manners: str) -> list[Voice]:
    """The same speakers, shouting or whispering; each counts as the same speaker, held out or not."""
    return [replace(voice, manner=manner) for voice in voices for manner in manners]
