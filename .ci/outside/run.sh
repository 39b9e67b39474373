#!/usr/bin/env bash
# Runs our binary against programs that others wrote, both ways:
#
#     OUTSIDE_TOOLS=FOLDER OCPP_OFFICIAL_SCHEMAS=DIR run.sh PATH_TO_OCPP
#
# FOLDER comes from prepare.sh. First `ocpp serve` with stations by the Python
# package `ocpp` and the npm package `ocpp-rpc`, with a station by `ocpp` that
# is ordered every action it has, then their servers with the stations of
# `ocpp emulate`, in every version. A relay records every frame,
# and every frame is checked against the official schemas. Nothing is skipped:
# what is missing fails.
set -euo pipefail

ocpp=${1:?usage: run.sh PATH_TO_OCPP}
[ -x "$ocpp" ] || { echo "FAIL  $ocpp is no program: build it first"; exit 1; }
ocpp=$(cd "$(dirname "$ocpp")" && pwd)/$(basename "$ocpp")
schemas=${OCPP_OFFICIAL_SCHEMAS:?set OCPP_OFFICIAL_SCHEMAS to the official schemas}
tools=${OUTSIDE_TOOLS:?set OUTSIDE_TOOLS to the folder that prepare.sh filled}
python=$tools/venv/bin/python
[ -x "$python" ] || { echo "FAIL  no $python: run prepare.sh $tools"; exit 1; }
[ -d "$tools/node_modules/ocpp-rpc" ] || { echo "FAIL  no ocpp-rpc: run prepare.sh $tools"; exit 1; }

versions="1.6 2.0.1 2.1"
token=OUTSIDE1
password=outside-checks-0001

work=$(mktemp -d "${TMPDIR:-/tmp}/ocpp-outside.XXXXXX")
: > "$work/pids"
# Ends what this script started, and nothing else.
end() {
  local code=$? pid
  while read -r pid; do kill "$pid" 2>/dev/null || true; done < "$work/pids"
  sleep 0.5
  while read -r pid; do kill -9 "$pid" 2>/dev/null || true; done < "$work/pids"
  if [ "$code" -eq 0 ]; then rm -rf "$work"; else echo "logs are kept in $work"; fi
}
trap end EXIT
trap 'exit 130' INT TERM

# Starts a program in the background: background NAME COMMAND...
background() {
  local name=$1
  shift
  "$@" > "$work/$name.log" 2>&1 &
  started=$!
  echo "$started" >> "$work/pids"
}

# Runs a program with a limit: bounded SECONDS COMMAND... It is waited for as a
# background job, because only then a signal to this script is heeded at once.
bounded() {
  timeout --kill-after=5 "$@" &
  local pid=$!
  echo "$pid" >> "$work/pids"
  wait "$pid"
}

# Shows what a program said, when a step failed.
fail() {
  echo "FAIL  $1"
  shift
  local log
  for log in "$@"; do echo "--- $(basename "$log")"; tail -n 40 "$log"; done
  exit 1
}

# Sets `program` to an outside program: choose python|node NAME
choose() {
  case $1 in
    python) program=("$python" "$tools/$2.py") ;;
    node) program=(node "$tools/$2.mjs") ;;
  esac
}

# --- ocpp serve with stations of others --------------------------------------

serve() {
  background "$1" "$ocpp" serve --data "$work/data" \
    --ocpp-listen "127.0.0.1:$ocpp_port" --http-listen "127.0.0.1:$http_port" --open
  server=$started
  "$python" "$tools/ports.py" wait 10 "$ocpp_port" && "$python" "$tools/ports.py" wait 10 "$http_port" \
    || fail "ocpp serve does not listen" "$work/$1.log"
}

sessions() {
  bounded 60 "$python" "$tools/check_sessions.py" --url "http://127.0.0.1:$http_port" "${expected[@]}" \
    || fail "the sessions are not what was charged" "$1"
}

echo "=== ocpp serve with stations by ocpp (Python) and ocpp-rpc (Node)"
read -r ocpp_port http_port relay_port < <("$python" "$tools/ports.py" free 3)
serve serve
background relay "$python" "$tools/frames.py" --listen "127.0.0.1:$relay_port" \
  --connect "127.0.0.1:$ocpp_port" --log "$work/stations.jsonl"
"$python" "$tools/ports.py" wait 10 "$relay_port"

expected=()
energy=4200
for version in $versions; do
  for kind in python node; do
    id=${kind^^}-${version//./}
    log=$work/station-$id.log
    choose "$kind" station
    bounded 120 "${program[@]}" --url "ws://127.0.0.1:$relay_port/ocpp/$id" \
      --version "$version" --token "$token" --energy-wh "$energy" > "$log" 2>&1 \
      || fail "$id: exit code $?" "$log" "$work/serve.log"
    expected+=("$id=$energy")
    energy=$((energy + 111))
    echo "ok    $(tail -n 1 "$log")"
  done
done
sessions "$work/serve.log"

echo "=== the same sessions after the manager was killed"
kill -9 "$server"
wait "$server" 2>/dev/null || true
serve serve-again
sessions "$work/serve-again.log"

echo "=== every order that ocpp (Python) can answer"
for version in $versions; do
  log=$work/obedient-$version.log
  bounded 120 "$python" "$tools/obedient.py" --url "ws://127.0.0.1:$relay_port/ocpp/OBEYS-${version//./}" \
    --version "$version" --rest "http://127.0.0.1:$http_port" > "$log" 2>&1 \
    || fail "orders in $version: exit code $?" "$log" "$work/serve-again.log"
  echo "ok    $(tail -n 1 "$log")"
done
kill "$server" 2>/dev/null || true

echo "=== every frame of these stations"
bounded 120 "$python" "$tools/check_frames.py" --schemas "$schemas" \
  --at-least 450 --all-station-calls "$work/stations.jsonl" || fail "illegal frames"

# --- ocpp emulate with servers of others -------------------------------------

# One server with its relay, and two stations of ours on it.
emulated() {
  local kind=$1 version=$2 name=$1-$2 port relay_port
  local demand=() give=()
  # One of the two kinds asks for a password.
  if [ "$kind" = node ]; then
    demand=(--password "$password")
    give=(--password "$password")
  fi
  read -r port relay_port <<< "$3"
  local program server
  choose "$kind" server
  background "server-$name" timeout 290 "${program[@]}" --listen "127.0.0.1:$port" \
    --version "$version" --expect 2 --token "$token" --deadline 280 "${demand[@]}"
  server=$started
  "$python" "$tools/ports.py" wait 20 "$port"
  background "relay-$name" "$python" "$tools/frames.py" --listen "127.0.0.1:$relay_port" \
    --connect "127.0.0.1:$port" --log "$work/emulated-$name.jsonl"
  "$python" "$tools/ports.py" wait 20 "$relay_port"
  local code=0
  bounded 270 "$ocpp" emulate --url "ws://127.0.0.1:$relay_port/ocpp" --id CS1 \
    --version "$version" --stations 2 --token "$token" --speed 60 "${give[@]}" \
    > "$work/emulate-$name.log" 2>&1 || code=$?
  if [ "$code" -ne 0 ]; then echo "ocpp emulate: exit code $code"; return 1; fi
  # The server ends by itself when it has seen all that it wants to see.
  wait "$server" || code=$?
  if [ "$code" -ne 0 ]; then echo "the server: exit code $code"; return 1; fi
}

echo "=== servers by ocpp (Python) and ocpp-rpc (Node) with ocpp emulate"
declare -A jobs
read -r -a ports < <("$python" "$tools/ports.py" free 12)
next=0
for version in $versions; do
  for kind in python node; do
    # A shell of its own, so that one failure does not end the others.
    ( trap - EXIT; emulated "$kind" "$version" "${ports[$next]} ${ports[$((next + 1))]}" ) \
      > "$work/outcome-$kind-$version.log" 2>&1 &
    jobs[$kind-$version]=$!
    echo "$!" >> "$work/pids"
    next=$((next + 2))
  done
done
failed=()
for name in "${!jobs[@]}"; do
  if wait "${jobs[$name]}"; then
    echo "ok    $name: $(tail -n 1 "$work/server-$name.log")"
  else
    failed+=("$name")
  fi
done
for name in "${failed[@]}"; do
  ( fail "ocpp emulate against $name" "$work/outcome-$name.log" "$work/server-$name.log" \
    "$work/emulate-$name.log" ) || true
done
[ ${#failed[@]} -eq 0 ] || exit 1

echo "=== every frame of these servers"
bounded 120 "$python" "$tools/check_frames.py" --schemas "$schemas" --at-least 200 \
  "$work"/emulated-*.jsonl || fail "illegal frames"
echo "=== outside checks: all ok"
