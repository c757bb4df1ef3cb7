# Sourced by the scripts beside it: where the repository is, and a Swift toolchain on PATH.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
swift_minimum=6.2

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Puts a toolchain's folder on PATH when none is there. A bare environment (cron, CI, `sudo`)
# knows nothing of an interactive shell's PATH, so the usual places are tried.
find_swift() {
  [ -n "${HOME:-}" ] || HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
  export HOME
  command -v swift >/dev/null && return 0
  local place
  for place in /opt/swift/usr/bin "${SWIFTLY_BIN_DIR:-$HOME/.local/share/swiftly/bin}" \
    /usr/libexec/swift/bin /usr/libexec/swift/*/bin /usr/local/swift/usr/bin; do
    if [ -x "$place/swift" ]; then
      PATH=$place:$PATH
      export PATH
      return 0
    fi
  done
  return 1
}

# The version of the toolchain on PATH, such as 6.3.1; empty when it does not start.
swift_version() {
  { swift --version 2>/dev/null || true; } | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p'
}

# at_least 6.3.1 6.2
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }
