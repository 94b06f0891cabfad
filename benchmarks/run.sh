#!/usr/bin/env bash
# Measures Sojourn beside what people use today and writes benchmarks/results.md. Installs nothing; --help has the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

missing=0
if ! dotnet --version >/dev/null 2>&1; then
  echo 'The .NET SDK 10 is missing or too old (global.json says which).' >&2
  missing=1
fi
if ! command -v wrk >/dev/null; then
  echo 'wrk is missing, the program that sends the requests: apt-get install wrk, or your distribution.' >&2
  missing=1
fi
if [[ $(uname -s) != Linux ]]; then
  echo 'CPU time is read from /proc: this runs on Linux only.' >&2
  missing=1
fi
if ((missing)); then exit 1; fi

# The engine's rounds belong to a whole run; a part of the works or contestants leaves them out.
engine=1 micro=0
rounds=(rounds)
rest=()
for option in "$@"; do
  case $option in
    --micro) micro=1 ;;
    --no-engine) engine=0 ;;
    --quick)
      rounds+=(--rounds 1 engine sqlite)
      rest+=("$option")
      ;;
    --only | --work | --help)
      engine=0
      rest+=("$option")
      ;;
    *) rest+=("$option") ;;
  esac
done

echo 'building (Release)'
dotnet build benchmarks/Peers --configuration Release --nologo --verbosity quiet
if ((engine || micro)); then
  dotnet build benchmarks/Sojourn.Benchmarks --configuration Release --nologo --verbosity quiet
fi
if ((micro)); then
  echo 'micro-benchmarks'
  dotnet artifacts/bin/Sojourn.Benchmarks/release/Sojourn.Benchmarks.dll
fi
if ((engine)); then
  echo "the engine's rounds"
  dotnet artifacts/bin/Sojourn.Benchmarks/release/Sojourn.Benchmarks.dll "${rounds[@]}"
fi
exec dotnet artifacts/bin/Peers/release/Peers.dll run "${rest[@]}"
