#!/usr/bin/env bash
# Installs the outside packages (pinned) into a folder and puts the programs
# beside them:
#
#     prepare.sh FOLDER
#
# The folder then serves as OUTSIDE_TOOLS for run.sh; it may be used again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:?usage: prepare.sh FOLDER}
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "FAIL  python3 is older than 3.11" >&2; exit 1; }
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

cp "$here"/*.py "$here"/*.mjs "$here"/*.json "$here"/requirements.txt "$folder/"
[ -x "$folder/venv/bin/python" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --requirement "$folder/requirements.txt"
(cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
echo "ok    outside packages are in $folder"
