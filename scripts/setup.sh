#!/usr/bin/env bash
# Make .venv with batchemu and its tools; do nothing when it is up to date.
#
# PYTHON names the interpreter to use; without it the first python3 of version 3.11 or newer is taken.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. scripts/apt.sh

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# The first interpreter that is new enough, in $python; which one was too old, in $too_old.
find_python() {
    local name
    python='' too_old=''
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        command -v "$name" >/dev/null || continue
        if new_enough "$name"; then
            python=$name
            return 0
        fi
        too_old=${too_old:-$("$name" --version 2>&1 || true)}
    done
    return 1
}

choose_python() {
    find_python && return 0
    [ -z "$too_old" ] ||
        fail "batchemu needs Python 3.11 or newer and found only $too_old: install a newer one, or name it with PYTHON=/path/to/python3."
    [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a Python that can be run."
    if can_apt; then
        apt_install python3 python3-venv
        find_python && return 0
    fi
    fail "batchemu needs Python 3.11 or newer: install it, or name it with PYTHON=/path/to/python3."
}

need_venv_module() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return 0
    local package
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    can_apt || fail "This Python lacks its venv module: install it (Debian and Ubuntu: apt-get install $package)."
    apt_install "$package"
}

# What .venv is made from; when any of it changes, it is brought up to date.
stamp() {
    pwd
    cat pyproject.toml
}

works() { .venv/bin/python -m pip --version >/dev/null 2>&1; }

# pip tells too much to show and too little to be silent: one line every few packages.
show_progress() {
    local line count=0
    while IFS= read -r line; do
        case $line in
        Collecting*)
            count=$((count + 1))
            [ $((count % 25)) != 0 ] || say "  $count packages found ..."
            ;;
        'Installing collected'*) say "  installing $count packages ..." ;;
        esac
    done
}

install() {
    local seconds=$SECONDS
    say "Installing batchemu and its tools into .venv (once, about a minute) ..."
    if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
        -e '.[dev]' </dev/null 2>&1 | tee .venv/pip.log | show_progress; then
        grep -E '^(ERROR|WARNING|error)' .venv/pip.log | tail -n 8 >&2 || tail -n 8 .venv/pip.log >&2
        fail "pip could not install what pyproject.toml asks for (all of its output is in .venv/pip.log); is the package index reachable?"
    fi
    say "  done in $((SECONDS - seconds)) s."
}

[ ! -L .venv ] || fail ".venv is a link, and what it leads to would be cleared: remove the link and run this again."
mkdir -p .engine
if command -v flock >/dev/null; then
    # Two commands at once: the second waits, then finds all done.
    exec 9>.engine/setup.lock
    flock 9
fi

if [ -f .venv/stamp ] && stamp | cmp -s - .venv/stamp && works; then
    exit 0
fi

moved=no
if [ -f .venv/stamp ] && [ "$(head -n 1 .venv/stamp)" != "$(pwd)" ]; then moved=yes; fi
if [ "$moved" = yes ] || ! works || ! new_enough .venv/bin/python; then
    choose_python
    need_venv_module
    say "Making the virtual environment .venv with $("$python" --version 2>&1) ..."
    "$python" -m venv --clear .venv
fi
rm -f .venv/stamp
install
stamp >.venv/stamp
