"""What a disk may hold after a power cut, from what strace recorded of the programs that wrote to it.

A write is certain only when a sync of its file began after it and has returned; a new or removed name only when its
folder was synced. Of the rest each write is there, lost or torn between sectors, and names changed up to any of them.
So the order of writes that no sync holds apart is not kept, as by a disk with a cache.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,rename"
STRACE = ("strace", "-f", "--seccomp-bpf", "-ttt", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o")
"""To be followed by the file of the record, and the command."""

_LINE = re.compile(r"^(\d+) +(\d+\.\d+) (?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$")
_PATH_OF_FD = re.compile(r"^(?:\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """A call that succeeded: `begun_at` and `done_at` are its places in the record, `seconds` when it began (Unix)."""

    name: str
    arguments: str
    begun_at: int
    done_at: int
    seconds: float

    @property
    def path(self) -> str:
        """The file that it is about."""
        if self.name in {"openat", "unlink", "rename"}:
            return self.texts[-1]
        found = _PATH_OF_FD.match(self.arguments)
        return "" if found is None else _decoded(found[1]).decode()

    @property
    def texts(self) -> list[str]:
        return [_decoded(each).decode() for each in _TEXT.findall(self.arguments)]

    @property
    def written(self) -> tuple[int, bytes]:
        """The offset in the file, and the bytes. Raises ValueError for a write that says no offset."""
        if self.name != "pwrite64":
            raise ValueError(f"{self.name} to {self.path} has no offset")
        found = _TEXT.search(self.arguments)
        assert found is not None
        return int(self.arguments.rpartition(",")[2].rstrip(")")), _decoded(found[1])


def read_record(path: Path) -> Iterator[Call]:
    """The calls that succeeded, in the order in which they returned. One that never returned may have been done."""
    begun: dict[str, tuple[str, str, int, float]] = {}
    number = 0
    with path.open() as lines:
        for number, line in enumerate(lines):
            found = _LINE.match(line)
            if found is None:
                continue  # signals, ends of processes
            process, seconds, resumed, name, rest = found.groups()
            if resumed is not None:
                name, arguments, begun_at, begun_seconds = begun.pop(process)
                rest = arguments + rest
            else:
                begun_at, begun_seconds = number, float(seconds)
            if rest.endswith("<unfinished ...>"):
                begun[process] = (name, rest.removesuffix("<unfinished ...>"), begun_at, begun_seconds)
                continue
            arguments, _sign, result = rest.rpartition(" = ")
            if not result.startswith(("-", "?")):
                yield Call(name, arguments.rstrip(), begun_at, number, begun_seconds)
    for name, arguments, begun_at, seconds in begun.values():
        if name not in {"fsync", "fdatasync"}:
            yield Call(name, arguments.rstrip(" ,"), begun_at, number + 1, seconds)


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@dataclass
class _File:
    """What is certain of a file, and the calls since, in order: writes, and lengths that it was cut to."""

    certain: bytearray
    since: list[Call] = field(default_factory=list)

    def make_certain(self, before: int) -> None:
        for call in [each for each in self.since if each.done_at < before]:
            _apply(self.certain, call)
        self.since = [each for each in self.since if each.done_at >= before]

    def after_cut(self, chance: random.Random) -> bytes:
        content = bytearray(self.certain)
        for call in self.since:
            fate = chance.choice(("there", "lost", "torn"))
            if fate == "torn" and call.name == "pwrite64":
                offset, data = call.written
                # What lies within one sector is there or not.
                first = -(-offset // SECTOR) * SECTOR - offset or SECTOR
                for begin, end in _pieces(first, len(data)):
                    if chance.random() < 0.5:
                        _put(content, offset + begin, data[begin:end])
            elif fate == "there":
                _apply(content, call)
        return bytes(content)


def _pieces(first: int, length: int) -> Iterator[tuple[int, int]]:
    begin, end = 0, first
    while begin < length:
        yield begin, min(end, length)
        begin, end = end, end + SECTOR


def _apply(content: bytearray, call: Call) -> None:
    if call.name == "ftruncate":
        size = int(call.arguments.rpartition(",")[2].rstrip(")"))
        del content[size:]
        content.extend(bytes(size - len(content)))
    else:
        _put(content, *call.written)


def _put(content: bytearray, offset: int, data: bytes) -> None:
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


class Disk:
    """The files of these names in one folder, of which nothing is there before `begin_with` says what is certain.

    With `obeys_syncs=False` it lies about them: nothing is ever certain.
    """

    def __init__(self, folder: Path, names: tuple[str, ...], *, obeys_syncs: bool = True) -> None:
        self._folder, self._obeys = str(folder), obeys_syncs
        # For each name what it may stand for: the first is certain, each other is what one more change of it makes.
        self._files: dict[str, list[tuple[int, _File | None]]] = {name: [(-1, None)] for name in names}

    def begin_with(self, name: str, content: bytes | None) -> None:
        """Says what a file held before the record, None when it was not there."""
        self._files[name] = [(-1, None if content is None else _File(bytearray(content)))]

    def take(self, call: Call) -> None:
        """Adds a call. Raises ValueError for one that this does not know how to replay."""
        path = call.path
        if call.name in {"fsync", "fdatasync"} and path == self._folder:
            for name, states in self._files.items():
                certain = [number for number, (done_at, _file) in enumerate(states) if done_at < call.begun_at]
                self._files[name] = states[certain[-1] if self._obeys else 0 :]
            return
        name = path.removeprefix(f"{self._folder}/")
        if name not in self._files:
            return
        states = self._files[name]
        present = states[-1][1]
        if call.name == "openat":
            if present is None and "O_CREAT" in call.arguments:
                states.append((call.done_at, _File(bytearray())))
        elif call.name == "unlink":
            states.append((call.done_at, None))
        elif call.name == "rename" or present is None:
            raise ValueError(f"{call.name} of {path}")
        elif call.name in {"fsync", "fdatasync"}:
            if self._obeys:
                present.make_certain(call.begun_at)
        else:
            present.since.append(call)

    def cut(self, chance: random.Random, folder: Path) -> None:
        """Writes what is there after a power cut now to another folder."""
        for name, states in self._files.items():
            _at, file = chance.choice(states)
            if file is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / name).write_bytes(file.after_cut(chance))
