#!/usr/bin/env bash
# Get Debian's chromium where it is missing and can be installed; otherwise say what is left out.
set -euo pipefail

if [[ -x "${SMARTHUB_CHROMIUM:-/usr/bin/chromium}" ]]; then
  exit 0
fi
if [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null; then
  echo "Installing chromium for the browser tests"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
  exit 0
fi
echo "No /usr/bin/chromium, and it cannot be installed here: the browser tests are left out."
