"""Small encoders with random weights, saved as people save theirs."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

KINDS = ("wav2vec2", "hubert", "wavlm", "whisper")

WAVEFORM = {
    "hidden_size": 16,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "conv_dim": (8,) * 7,
    "num_feat_extract_layers": 7,
    "feat_extract_norm": "layer",
    "num_conv_pos_embeddings": 4,
    "num_conv_pos_embedding_groups": 2,
}

WHISPER = {
    "d_model": 16,
    "encoder_layers": 3,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 24,
    "decoder_layers": 1,
    "decoder_attention_heads": 2,
    "decoder_ffn_dim": 24,
    "max_source_positions": 1000,
    "vocab_size": 60,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 1,
}


def save(kind: str, folder: Path, **changes: object) -> Path:
    """Write a random model of a kind."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    fields = {**(WHISPER if kind == "whisper" else WAVEFORM), **changes}
    config = transformers.AutoConfig.for_model(kind, **fields)
    transformers.AutoModel.from_config(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def save_encoder() -> Callable[..., Path]:
    """Writes a random model of a kind into a folder, with changes of its config."""
    return save


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder of each kind."""
    return {kind: save(kind, tmp_path_factory.mktemp(kind)) for kind in KINDS}
