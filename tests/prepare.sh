#!/usr/bin/env bash
# Installs what the tests need and the machine lacks: with apt as root, with pip, npm and cargo in any case. What cannot
# be installed is no fault here; the tests that need it say NOT RUN. Prints what the tests find by the environment, a
# NAME=VALUE a line.
#
#   tests/prepare.sh FOLDER      FOLDER takes what pip and npm bring and may be thrown away
set -euo pipefail

main() {
    local folder=${1:?usage: tests/prepare.sh FOLDER}
    debian_packages >&2
    nextest >&2
    python_environment "$folder/test-python"
    accessibility_rules "$folder/test-node"
}

debian_packages() {
    local missing=()
    command -v redis-server >/dev/null || missing+=(redis-server)
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
    command -v mariadb-install-db >/dev/null || missing+=(mariadb-server)
    # Lets a server see another time than the machine's.
    compgen -G "/usr/lib/*/faketime/libfaketimeMT.so.1" >/dev/null || missing+=(faketime)
    command -v chromium >/dev/null || missing+=(chromium)
    command -v chromedriver >/dev/null || missing+=(chromium-driver)
    # Without a Chinese font the browser draws boxes.
    chinese_font || missing+=(fonts-wqy-microhei)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    command -v npm >/dev/null || missing+=(npm)
    ((${#missing[@]} > 0)) || return 0

    if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
        echo "not installed, and only root can with apt: ${missing[*]}"
        return 0
    fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q || true
    # RUNLEVEL=1 keeps the packages from starting their services; ours are private.
    RUNLEVEL=1 apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null ||
        echo "apt could not install ${missing[*]}"
}

chinese_font() {
    if command -v fc-list >/dev/null; then
        [[ -n $(fc-list :lang=zh-cn family) ]]
    else
        [[ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ]]
    fi
}

# One process a test, a time limit for each. Without it "cargo test" does.
nextest() {
    cargo nextest --version >/dev/null 2>&1 && return 0
    echo "installing cargo-nextest (some minutes, once)"
    cargo install --locked --debug cargo-nextest || echo "cargo-nextest cannot be installed; cargo test runs instead"
}

# wechatpy is an independent client of the same platform: what both understand is no mistake of ours alone.
python_environment() {
    local python=$1/bin/python
    if ! "$python" -c 'import wechatpy, cryptography' 2>/dev/null; then
        rm -rf "$1"
        {
            python3 -m venv "$1" &&
                "$python" -m pip install --quiet --disable-pip-version-check wechatpy==1.8.18 "cryptography>=42"
        } >&2 || true
    fi
    if "$python" -c 'import wechatpy, cryptography' 2>/dev/null; then
        echo "DAOGOU_TEST_PYTHON=$python"
    else
        echo "wechatpy cannot be installed" >&2
    fi
}

# axe-core knows the rules of access for web pages. Of use to the tests only, and never part of the project.
accessibility_rules() {
    local package=$1/node_modules/axe-core
    if [[ ! -e $package/axe.min.js ]]; then
        mkdir -p "$1"
        npm install --prefix "$1" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error axe-core@4.14.1 >&2 || true
    fi
    if [[ -e $package/axe.min.js ]]; then
        echo "DAOGOU_AXE=$package"
    else
        echo "axe-core cannot be installed" >&2
    fi
}

main "$@"
