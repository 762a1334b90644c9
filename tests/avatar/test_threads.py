import threading

import pytest
import torch

from avatar.threads import one_thread, spread


@pytest.fixture(autouse=True)
def several_threads():
    usual = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(usual)


def test_torch_has_one_thread_and_then_as_many_as_before() -> None:
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert torch.get_num_threads() == 3


def test_threads_that_begin_meanwhile_have_one_each() -> None:
    seen = []
    meet = threading.Barrier(2)

    def look(_: int) -> None:
        meet.wait(10)
        seen.append((threading.get_ident(), torch.get_num_threads()))

    with one_thread():
        spread(look, 2, 2)
    assert [count for _, count in seen] == [1, 1]
    assert len({who for who, _ in seen} - {threading.get_ident()}) == 2


def test_a_function_can_have_one_thread() -> None:
    @one_thread()
    def count() -> int:
        return torch.get_num_threads()

    assert (count(), count(), torch.get_num_threads()) == (1, 1, 3)
