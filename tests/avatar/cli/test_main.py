import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

import avatar
from avatar.animator import Animator
from avatar.cli import main


@pytest.mark.parametrize("words", [("--help",), ("animate", "--help"), ("render", "-h"), ("info", "--help")])
def test_help(run, words):
    code, out, _ = run(*words)
    assert code == 0 and "usage: avatar" in out


@pytest.mark.parametrize(
    "words",
    [
        *((), ("rig",), ("rig", "import"), ("rig", "info"), ("rig", "check")),
        *((name,) for name in ("animate", "render", "send", "stream", "retarget", "evaluate", "info")),
    ],
)
def test_help_speaks_of_the_command_and_not_of_python(run, words):
    code, out, _ = run(*words, "--help")
    assert code == 0 and "Union" not in out


def test_version(run):
    assert run("--version") == (0, f"avatar {avatar.__version__}\n", "")


@pytest.mark.parametrize("words", [(), ("fly",), ("animate", "a.wav"), ("animate", "a.wav", "-o", "a.csv", "--sped")])
def test_usage(run, words):
    code, _, err = run(*words)
    assert code == 2 and err and "Traceback" not in err


def test_our_own_faults_are_one_line_without_debug(run, talk, tmp_path, monkeypatch):
    monkeypatch.setattr(Animator, "load", classmethod(lambda cls: 1 / 0))
    code, _, err = run("animate", talk, "-o", tmp_path / "a.csv")
    assert code == 1
    assert err == "avatar: error: ZeroDivisionError: division by zero (a fault of ours; --debug shows where)\n"
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "animate", str(talk), "-o", str(tmp_path / "a.csv")])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--emotion", "none.json"), "no such file or folder: none.json"),
        (("--style", "folder.json"), "cannot use folder.json: Is a directory"),
        (("--texture", "none.png"), "no such file or folder: none.png"),
    ],
)
def test_errors_of_the_system_name_the_file_in_plain_words(run, talk, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.json").mkdir()
    code, _, err = run("animate", talk, "-o", "a.csv", *words)
    assert (code, err) == (2, f"avatar: error: {message}\n")


def test_a_warning_comes_once(run, write_sound, tmp_path):
    code, _, err = run("animate", write_sound("x.wav", [0.0] * 16000), "-o", tmp_path / "a.csv", "--emotion", "auto")
    assert code == 0 and err.count("is silent") == 1


def test_ctrl_c_in_process(run, talk, tmp_path, monkeypatch):
    def stop(cls):
        raise KeyboardInterrupt

    monkeypatch.setattr(Animator, "load", classmethod(stop))
    code, _, err = run("animate", talk, "-o", tmp_path / "a.csv")
    assert code == 130 and "no file was left half-written" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_the_old_video(tmp_path, request_to_stop):
    """A real process, interrupted while it draws."""
    import numpy as np

    from avatar.animation import Animation
    from avatar.controls import ARKIT

    Animation(ARKIT, np.zeros((100_000, 61)), 60).save(tmp_path / "long.npz")
    (tmp_path / "a.mp4").write_text("old")
    # A background job is born deaf to Ctrl-C, and so would be its children: listen again.
    listen = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{listen}; from avatar.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "render", "long.npz", "-o", "a.mp4", "--size", "32"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        try:
            deadline = time.monotonic() + 60
            while not _has_begun(tmp_path) and time.monotonic() < deadline:
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.05)
            process.send_signal(request_to_stop)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130 and err.endswith("avatar: stopped; no file was left half-written\n")
    assert (tmp_path / "a.mp4").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "long.npz"]


def _has_begun(folder) -> bool:
    """Whether a hidden file beside the target has begun to grow, as it does once the drawing is under way."""
    for path in folder.glob(".a-*"):
        # An empty one is there for a moment before that, while the folder is tried for being writable.
        with suppress(FileNotFoundError):
            if path.stat().st_size:
                return True
    return False
