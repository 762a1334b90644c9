from pathlib import Path

import pytest
import torch
from torch import nn

from avatar.training.team import Team, gather


def step(team: Team, out: Path) -> None:
    """One gradient each, averaged."""
    torch.manual_seed(team.rank)
    layer = nn.Linear(3, 2)
    team.same(layer.state_dict().values())
    (layer(torch.full((1, 3), float(team.rank))).sum() * (team.rank + 1)).backward()
    team.average(layer.parameters())
    result = [layer.weight.detach(), layer.weight.grad, layer.bias.grad, torch.tensor(team.agree(5.0 + team.rank))]
    torch.save(result, out / f"{team.rank}.pt")


def test_a_team_takes_the_mean_step(tmp_path: Path) -> None:
    gather(2, step, tmp_path)
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    torch.manual_seed(0)
    torch.testing.assert_close(first[0], nn.Linear(3, 2).weight.detach())
    torch.testing.assert_close(first[1], torch.full((2, 3), (0 * 1 + 1 * 2) / 2))
    torch.testing.assert_close(first[2], torch.full((2,), 1.5))
    assert float(first[3]) == 5


def test_one_alone_works_here(tmp_path: Path) -> None:
    gather(1, step, tmp_path)
    assert (tmp_path / "0.pt").exists()
    with pytest.raises(ValueError, match="workers must be at least 1, got 0"):
        gather(0, step, tmp_path)
