#!/usr/bin/env bash
# The pages in headless Chromium: from the first start to a paid session and its receipt.
#
#     .ci/browser/run.sh OCPP TOOLS
#
# OCPP is the built command, TOOLS a directory for the Python environment. Chromium and its driver are
# Debian's; where they are missing they are installed with apt, which needs the rights for it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ocpp=$1
tools=$2

if ! command -v chromium > /dev/null || ! command -v chromedriver > /dev/null; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium chromium-driver
fi
if [ ! -x "$tools/bin/pip" ]; then
  python3 -m venv "$tools"
fi
"$tools/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$tools/bin/python" "$here/check.py" "$ocpp"
