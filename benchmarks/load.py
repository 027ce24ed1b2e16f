"""Requests by many clients at once, made by wrk."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_THREADS = 2
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}

# Each thread of wrk has a Lua state of its own. `number` makes ids and times that no other request has.
_SCRIPT = """
local tokens = { %(tokens)s }
local paths = { %(paths)s }
local count = 0
local thread_number = 0
local threads = 0
function setup(thread) thread:set("thread_number", threads); threads = threads + 1 end
function init() math.randomseed(os.time() * 16 + thread_number); run = math.random(1, 999999) end
function request()
  count = count + 1
  local token = tokens[math.random(#tokens)]
  local path = paths[(count - 1) %% #paths + 1]
  local headers = { ["%(header)s"] = "%(prefix)s" .. token, ["Content-Type"] = "application/json"%(more)s }
  local number = string.format("%%06d%%d%%09d", run, thread_number, count)
  local body = string.gsub([==[%(body)s]==], "NUMBER", number)
  return wrk.format("%(method)s", path, headers, "%(method)s" ~= "GET" and body or nil)
end
"""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of request: `NUMBER` in the body is different in each. Several paths are asked for in turn."""

    method: str
    paths: Sequence[str]
    tokens: Sequence[str]
    header: str
    prefix: str = ""
    body: str = ""
    more_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """Requests a second, and the 99th percentile of how long each took in milliseconds."""

    rate: float
    p99: float


def require_wrk() -> None:
    """Ends the program with a sentence that names the fix where wrk is missing."""
    if shutil.which("wrk") is None:
        sys.exit("The benchmarks need wrk. On Debian: apt-get install wrk")


def run_load(url: str, work: Work, *, clients: int, seconds: int) -> Load:
    """Sends requests for some seconds, each client the next one when the last was answered.

    Raises RuntimeError when one was not answered by 2xx or 304.
    """
    script = _SCRIPT % {
        "tokens": ", ".join(map(json.dumps, work.tokens)),
        "paths": ", ".join(map(json.dumps, work.paths)),
        "header": work.header,
        "prefix": work.prefix,
        "more": "".join(f", [{json.dumps(name)}] = {json.dumps(value)}" for name, value in work.more_headers),
        "method": work.method,
        "body": work.body,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests.lua"
        file.write_text(script)
        options = ["-t", str(min(_THREADS, clients)), "-c", str(clients), "-d", f"{seconds}s", "--latency"]
        done = subprocess.run(["wrk", *options, "-s", file, url], check=True, capture_output=True, text=True)
    if "Non-2xx" in done.stdout or done.stderr:
        raise RuntimeError(f"{work.method} {work.paths[0]} failed:\n{done.stdout}{done.stderr}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", done.stdout)
    if rate is None or p99 is None:
        raise RuntimeError(f"wrk said something new:\n{done.stdout}")
    return Load(float(rate[1]), float(p99[1]) * _UNITS[p99[2]])


def script_folder() -> Path:
    """Returns the folder of what runs in the environment of the other tracker."""
    return Path(__file__).parent / "other"
