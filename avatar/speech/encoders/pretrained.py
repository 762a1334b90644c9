"""Load a speech encoder that transformers knows: from a local folder, or, when asked, from the hub."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from avatar.speech.encoders.encoder import LayerChoice, WindowedEncoder
from avatar.speech.encoders.waveform import WaveformEncoder
from avatar.speech.encoders.whisper import WhisperEncoder
from avatar.speech.lookahead import FPS

WAVEFORM_MODELS = ("wav2vec2", "hubert", "wavlm")
"""Values of a config's `model_type` that read the waveform."""

WINDOW, CONTEXT = 20.0, 2.0
"""Seconds that are heard together, and of them those at each inner edge that are left to the neighbours."""


def load_encoder(
    source: str | os.PathLike[str],
    *,
    layers: int | Sequence[int] | None = None,
    weights: Sequence[float] | None = None,
    download: bool = False,
    revision: str | None = None,
    window: float = WINDOW,
) -> WindowedEncoder:
    """A wav2vec 2.0, HuBERT, WavLM or Whisper encoder, ready to encode; needs the extra "encoders".

    Only safetensors are read, and no code that comes with a model is run.

    Args:
        source: a folder with config.json and model.safetensors, as `save_pretrained` writes it; or a model's name on
            the hub, such as "facebook/wav2vec2-base".
        layers: which make the features: 0 is what enters the first transformer layer, i what leaves layer i. By default
            the one in the middle; what is said, rather than who says it, is clearest there (Pasad et al. 2021).
        weights: of several layers, for their weighted sum; by default they are put side by side.
        download: whether a model that is not on this computer may be fetched from the hub.
        revision: a branch, tag or commit on the hub; "refs/pr/N" is where a model's safetensors may wait.
        window: seconds that are heard together; longer recordings are cut into windows that overlap by 4 s.

    Raises:
        ImportError: transformers is not installed.
        FileNotFoundError: there is no such model on this computer, or none in safetensors.
        ValueError: it is another kind of model, or it has no such layers.
    """
    transformers = _transformers()
    options: dict[str, Any] = {
        "local_files_only": not download or Path(source).is_dir(),
        "trust_remote_code": False,
        "revision": revision or "main",
    }
    try:
        config, _ = transformers.PretrainedConfig.get_config_dict(str(source), **options)
        kind = config.get("model_type")
        if kind not in (*WAVEFORM_MODELS, "whisper"):
            raise ValueError(
                f"source must be one of {', '.join(WAVEFORM_MODELS)} or whisper, got {source} of model_type {kind!r}"
            )
        depth = config["encoder_layers" if kind == "whisper" else "num_hidden_layers"]
        choice = LayerChoice.of(layers, weights, depth)
        model = transformers.AutoModel.from_pretrained(str(source), use_safetensors=True, dtype="float32", **options)
    except OSError as error:
        raise FileNotFoundError(_missing(source, download, error)) from error
    frames = {"window": round(window * FPS), "context": round(CONTEXT * FPS)}
    if kind == "whisper":
        return WhisperEncoder(model.get_encoder(), choice, **frames)
    return WaveformEncoder(model, choice, normalize=_normalize(source, config, options), **frames)


def _transformers() -> Any:
    try:
        import transformers
    except ImportError as error:
        raise ImportError(
            "encoders of other people need the extra 'encoders': pip install 'avatar[encoders]'"
        ) from error
    return transformers


def _normalize(source: str | os.PathLike[str], config: dict[str, Any], options: dict[str, Any]) -> bool:
    """Whether recordings are brought to zero mean and unit variance, as the folder's preprocessor says."""
    from transformers.utils.hub import cached_file

    path = cached_file(
        str(source),
        "preprocessor_config.json",
        local_files_only=options["local_files_only"],
        revision=options["revision"],
        _raise_exceptions_for_missing_entries=False,
        _raise_exceptions_for_connection_errors=False,
    )
    if path is None:
        # The convention of the published models: those with layer norm in their convolutions were trained so.
        return config.get("feat_extract_norm") == "layer"
    return bool(json.loads(Path(path).read_text(encoding="utf-8")).get("do_normalize", True))


def _missing(source: str | os.PathLike[str], download: bool, error: OSError) -> str:
    reason = str(error).partition("\n")[0]
    if Path(source).is_dir():
        return (
            f"source must be a folder with config.json and model.safetensors, got {source} ({reason}); pickled weights "
            "are not read: load them where you trust them and save_pretrained"
        )
    if download:
        return f"could not fetch {source} with safetensors from the hub ({reason}); name a revision that has them"
    return (
        f"source must be a folder or a model that was fetched before, got {source} ({reason}); "
        "to fetch it from the hub, ask for it with download=True"
    )
