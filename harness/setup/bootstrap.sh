#!/bin/sh
# Makes a fresh checkout ready: first what Node needs to run TypeScript at all, then harness/setup/main.ts.
# Runs before any dependency exists, so it is plain POSIX sh. Arguments go to main.ts.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root"

fail() {
  printf 'hadrill: %s\n' "$@" >&2
  exit 3
}

# npm notes in this file what it installed, and when.
installed=node_modules/.package-lock.json

dependencies_ready() {
  [ -f "$installed" ] && [ -e node_modules/.bin/node ] || return 1
  [ -z "$(find package-lock.json -newer "$installed" 2>/dev/null)" ]
}

install_dependencies() {
  if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    fail 'Node.js and npm are needed to install the dependencies, and are not here.' \
      'Install Node.js 18 or newer (Debian, Ubuntu: apt-get install nodejs npm), then repeat.'
  fi
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 18 ] ||
    fail "Node.js $(node -v) is too old to install the dependencies: 18 or newer is needed." \
      'Install a newer Node.js, then repeat.'
  [ -f package-lock.json ] || fail "package-lock.json is missing in $root: the dependencies are not known."
  printf 'hadrill: installing the dependencies (npm ci)\n' >&2
  log=$(mktemp "${TMPDIR:-/tmp}/hadrill-npm.XXXXXX")
  trap 'rm -f "$log"' EXIT
  if ! npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
    cat "$log" >&2
    fail 'npm ci failed; its output is above.'
  fi
  rm -f "$log"
  trap - EXIT
  # A lock file that was written after the installation's note would otherwise bring us here every time.
  touch "$installed"
  [ -e node_modules/.bin/node ] ||
    fail 'npm ci did not install the pinned Node.js (package "node"): are install scripts or optional packages disabled?'
}

dependencies_ready || install_dependencies
# Commands start quicker from one bundle; without it they run the sources.
node_modules/.bin/node harness/setup/bundle.ts --if-stale ||
  printf 'hadrill: the sources could not be bundled; commands run them as they are\n' >&2
exec node_modules/.bin/node harness/setup/main.ts "$@"
