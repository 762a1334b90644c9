import errno
import os
import stat
import sys

import pytest

from avatar.files import check_writable, replacing


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir())


def test_replaces_when_done(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with replacing(target) as temporary:
        assert temporary.parent == tmp_path and temporary.suffix == ".txt" and temporary.exists()
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert leftovers(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_leaves_the_old_file_on_any_error(tmp_path, error):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(error), replacing(target) as temporary:
        temporary.write_text("half")
        raise error
    assert target.read_text() == "old"
    assert leftovers(tmp_path) == ["a.txt"]


def test_a_full_disk_is_named(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(OSError, match=r"cannot write .*a\.txt: "), replacing(target):
        raise OSError(errno.ENOSPC, "No space left on device", "a name that only we know")
    assert target.read_text() == "old"
    assert leftovers(tmp_path) == ["a.txt"]


def test_other_errors_pass_unchanged(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such sound"), replacing(tmp_path / "a.txt"):
        raise FileNotFoundError("no such sound")


@pytest.mark.parametrize("writes", [replacing, check_writable])
class TestRefusals:
    @staticmethod
    def attempt(writes, path):
        if writes is check_writable:
            check_writable(path)
        else:
            with replacing(path):
                pass

    def test_folder(self, writes, tmp_path):
        with pytest.raises(IsADirectoryError, match="it is a folder; give a file name"):
            self.attempt(writes, tmp_path)

    def test_missing_folder(self, writes, tmp_path):
        with pytest.raises(FileNotFoundError, match="does not exist; make it first"):
            self.attempt(writes, tmp_path / "no" / "a.txt")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    def test_device(self, writes, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OSError, match="not an ordinary file"):
            self.attempt(writes, tmp_path / "pipe")

    def test_failing_open(self, writes, tmp_path, monkeypatch):
        def refuse(*_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
        with pytest.raises(PermissionError, match=r"cannot write .*a\.txt: Permission denied"):
            self.attempt(writes, tmp_path / "a.txt")


def test_check_leaves_nothing(tmp_path):
    check_writable(tmp_path / "a.txt")
    assert leftovers(tmp_path) == []


def test_long_names_work(tmp_path):
    target = tmp_path / ("x" * 240 + ".txt")
    with replacing(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes are POSIX here")
def test_follows_links_and_keeps_modes(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with replacing(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink() and real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="modes are otherwise there")
def test_a_new_file_is_for_whom_the_umask_says_whoever_wrote_it(tmp_path):
    (tmp_path / "plain").touch()
    with replacing(tmp_path / "new") as temporary:
        temporary.unlink()
        temporary.touch(0o600)
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
