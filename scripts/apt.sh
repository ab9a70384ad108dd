# shellcheck shell=bash
# What the set-up scripts share: sentences, and Debian's packages. To be sourced in the project's folder.

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
    say "Installing Debian's $* ..."
    {
        DEBIAN_FRONTEND=noninteractive apt-get update -qq || true
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            -o DPkg::Lock::Timeout=120 "$@"
    } >.engine/apt.log 2>&1 </dev/null || {
        tail -n 5 .engine/apt.log >&2
        fail "apt-get could not install $*: install it by hand and run this again."
    }
}
