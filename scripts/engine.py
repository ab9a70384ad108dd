#!/usr/bin/env python3
"""Use the Docker engine that answers; where none does, start one and stop it again.

    engine.py run [--image NAME]... [--busybox] -- COMMAND ...
                                                     run COMMAND with an engine and these images, and
                                                     with a static busybox on its PATH
    engine.py start                                  an engine that stays until `stop`
    engine.py stop                                   stop it, if it is one of ours
    engine.py image NAME                             use NAME, else pull it, else build a stand-in
    engine.py image-clean                            remove the stand-ins, never a real image

Only what was started here is stopped, and only what was built here is removed. Commands that run at
the same time share one engine: the last of them to end stops it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import requests
from docker.errors import DockerException
from dockerd import Engine, EngineError, find_running, read_state, say, start_own, stop_recorded, write_state
from images import provide_image, remove_stand_ins, static_busybox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

# One engine serves the whole machine, so the lock that counts its users is the machine's, not the checkout's.
LOCK_FILE = Path(tempfile.gettempdir()) / f"batchemu-engine-{os.getuid()}.lock"


# --- borrowing -------------------------------------------------------------------------------------


@contextlib.contextmanager
def borrowed(images: Sequence[str] = (), *, keep: bool = False) -> Iterator[Engine]:
    """An engine with these images for as long as the block runs.

    Whoever leaves last stops the engine if we started it, and removes the stand-ins.
    """
    with open_lock(LOCK_FILE) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        made_for = "keep" if keep else "run"
        engine = None
        try:
            with one_at_a_time():
                engine = get_engine(keep=keep)
                for name in images:
                    engine.images[name] = provide_image(engine, name, made_for)
            yield engine
        finally:
            with shielded():
                if (engine is None or not keep) and is_alone(lock):
                    give_back(engine)
                if engine is not None:
                    engine.client.close()


def get_engine(*, keep: bool) -> Engine:
    """The running engine, or a new one of our own."""
    engine = find_running() or start_own()
    state = read_state()
    if state and keep:
        write_state({**state, "keep": True})
    return engine


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Of several commands one starts the engine and makes the images; the others find them there."""
    with open_lock(LOCK_FILE.with_suffix(".start")) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def give_back(engine: Engine | None) -> None:
    if engine is not None:
        try:
            remove_stand_ins(engine, "run")
        except (DockerException, requests.RequestException) as error:
            say(f"The stand-in images could not be removed: {error}")
    state = read_state()
    if state and not state["keep"]:
        stop_recorded()


@contextlib.contextmanager
def open_lock(path: Path) -> Iterator[int]:
    # O_NOFOLLOW: the folder is open to all, and a link planted there must lead nowhere.
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def is_alone(lock: int) -> bool:
    """Whether nobody else borrows the engine; if so, newcomers wait until we have closed the lock."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# --- signals and commands --------------------------------------------------------------------------

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def exit_on_signals() -> None:
    """Turn the signals that end a program into an exception, so that clean-ups run."""

    def leave(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    for number in ENDING_SIGNALS:
        signal.signal(number, leave)


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Let nothing but SIGKILL interrupt a clean-up."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (*ENDING_SIGNALS, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_command(command: Sequence[str], env: dict[str, str]) -> int:
    """Run a command to its end, or end it when we are told to end; its exit code."""
    try:
        process = subprocess.Popen(command, env=env)
    except OSError as error:
        raise EngineError(f"{command[0]} cannot be run: {error.strerror}.") from error
    try:
        code = process.wait()
    except BaseException as reason:
        with shielded():
            # Ctrl-C has reached the command by the terminal; SIGTERM has reached only us.
            if not isinstance(reason, KeyboardInterrupt):
                process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        raise
    return code if code >= 0 else 128 - code


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="engine.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="run | start | stop | image | image-clean"
    )
    run = commands.add_parser("run")
    run.add_argument("--image", action="append", default=[])
    run.add_argument("--busybox", action="store_true")
    run.add_argument("argv", nargs=argparse.REMAINDER)
    commands.add_parser("start")
    commands.add_parser("stop")
    commands.add_parser("image").add_argument("name")
    commands.add_parser("image-clean")
    options = parser.parse_args(arguments)
    handler: Callable[[argparse.Namespace], int] = COMMANDS[options.command]
    return handler(options)


def command_run(options: argparse.Namespace) -> int:
    command = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not command:
        raise EngineError("engine.py run: name the command to run after `--`.")
    with borrowed(options.image) as engine:
        say(f"Engine: {engine.describe()}.")
        for name, words in engine.images.items():
            say(f"Image {name}: {words}.")
        env = engine.environment
        if options.busybox and (busybox := static_busybox()):
            env["PATH"] = f"{env.get('PATH', os.defpath)}:{busybox.parent}"
        return run_command(command, env)


def command_start(_: argparse.Namespace) -> int:
    with borrowed(keep=True) as engine:
        hint = "; `engine.py stop` stops it" if read_state() else ""
        say(f"Engine: {engine.describe()}{hint}.")
    return 0


def command_stop(_: argparse.Namespace) -> int:
    with shielded():
        say("The engine is stopped." if stop_recorded() else "No engine was started from here.")
    return 0


def command_image(options: argparse.Namespace) -> int:
    engine = find_running()
    if engine is None:
        raise EngineError("No Docker engine answers: `engine.py start` starts one.")
    say(f"Image {options.name}: {provide_image(engine, options.name, 'keep')}.")
    return 0


def command_image_clean(_: argparse.Namespace) -> int:
    engine = find_running()
    if engine is None:
        say("No Docker engine answers, so no stand-in was removed.")
        return 0
    removed = remove_stand_ins(engine)
    say(f"Removed {', '.join(removed)}." if removed else "There is no stand-in to remove.")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": command_run,
    "start": command_start,
    "stop": command_stop,
    "image": command_image,
    "image-clean": command_image_clean,
}


def guarded(function: Callable[[], int]) -> int:
    """Run a program's main function: problems are sentences, Ctrl-C is exit code 130."""
    exit_on_signals()
    try:
        return function()
    except EngineError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(guarded(lambda: main(sys.argv[1:])))
