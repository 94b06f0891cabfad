#!/usr/bin/env bash
# Builds everything and runs every test. The last line is the result: "N passed, N failed".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_NOBANNER=1
# A build server that outlives this script would keep its output open, and a CI job waiting.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

# What tests need beyond the .NET SDK: command|Debian package|why
needs=(
  'chromium|chromium|the shop in a real browser'
  'strace|strace|SQLite: one sync before each acknowledgement, and what a power cut leaves'
)

usage() {
  cat <<'TEXT'
usage: ./test.sh [--filter NAME] [--no-install] [-- ARGUMENTS]
  --filter NAME  only the test projects whose name contains NAME
  --no-install   do not install what is missing; tests that need it skip themselves
  -- ARGUMENTS   for the test programs, for example: -- --filter-method '*rotation*'
TEXT
}

filter='' install=yes
while (($#)); do
  case $1 in
    --filter) filter=${2:?--filter needs a name}; shift 2 ;;
    --no-install) install=no; shift ;;
    --) shift; break ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

passed=0 failed=0 skipped=0 failures=()

finish() {
  # Locally a test may skip what this machine lacks; CI has everything, so there a skipped test is one that was lost.
  if ((skipped)) && [[ ${CI:-} == true ]]; then
    echo "CI: $skipped skipped tests count as failures."
    failed=$((failed + skipped)) skipped=0
  fi
  # Once more at the end: between the tests and here may lie thousands of lines.
  if ((${#failures[@]})); then printf 'FAILED %s\n' "${failures[@]}"; fi
  local line="$passed passed, $failed failed"
  if ((skipped)); then line+=", $skipped skipped"; fi
  echo "$line"
  exit $((failed > 0))
}

fail() {
  echo "test.sh: $*" >&2
  failures+=("$*")
  failed=$((failed + 1))
}

as_root() { if [[ $EUID == 0 ]]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  # Packages must not start services on the developer's machine: tests start their own, on free ports.
  local policy=/usr/sbin/policy-rc.d made=no status=0
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod +x "$policy" && made=yes
  fi
  { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } </dev/null || status=$?
  if [[ $made == yes ]]; then as_root rm -f "$policy"; fi
  return "$status"
}

check_needs() {
  local command package why answer packages=()
  if ! dotnet --version >/dev/null 2>&1; then
    fail 'the .NET SDK 10 is missing or too old (global.json says which): https://dotnet.microsoft.com/download, or your distribution'
    finish
  fi
  for need in "${needs[@]}"; do
    IFS='|' read -r command package why <<<"$need"
    if command -v "$command" >/dev/null; then
      echo "have   $command ($why)"
    else
      echo "lack   $command (package $package: $why)"
      packages+=("$package")
    fi
  done
  if ((${#packages[@]} == 0)); then return; fi
  if [[ $install == no ]]; then
    echo 'Nothing is installed (--no-install): tests that need the above skip themselves.'
    return
  fi
  if ! command -v apt-get >/dev/null; then
    echo 'There is no apt-get here: install the above yourself; until then the tests that need it skip themselves.'
    return
  fi
  if [[ -t 0 && ${CI:-} != true ]]; then
    read -r -p "Install ${packages[*]} with apt-get? [Y/n] " answer
    if [[ $answer == [nN]* ]]; then return; fi
  fi
  install_packages "${packages[@]}" || echo "Could not install ${packages[*]}: tests that need it skip themselves." >&2
}

# The number in an attribute of the report's <assembly> element.
count() { sed -n "s/.*<assembly [^>]*[[:space:]]$2=\"\([0-9]\{1,\}\)\".*/\1/p" "$1" | head -n 1; }

# The names of the report's tests that failed.
failed_tests() { grep -o '<test [^>]*result="Fail"' "$1" | sed 's/.* name="\([^"]*\)".*/\1/'; }

run_project() {
  local name=$1 report results=$PWD/artifacts/test-results status=0 total bad
  shift
  report=$results/$name.xml
  mkdir -p "$results"
  rm -f "$report"
  dotnet "artifacts/bin/$name/debug/$name.dll" --results-directory "$results" --report-xunit --report-xunit-filename "$name.xml" "$@" </dev/null || status=$?
  if [[ ! -s $report || -z $(count "$report" total) ]]; then
    fail "$name ended without a report (exit code $status)"
    return
  fi
  total=$(count "$report" total)
  bad=$(($(count "$report" failed) + $(count "$report" errors)))
  passed=$((passed + $(count "$report" passed)))
  failed=$((failed + bad))
  skipped=$((skipped + $(count "$report" skipped) + $(count "$report" not-run)))
  if ((bad)); then mapfile -t -O "${#failures[@]}" failures < <(failed_tests "$report"); fi
  if ((total == 0)); then
    fail "$name ran no test"
  elif ((status == 8 && bad == 0)); then
    echo "$name skipped every test" # which the test platform calls an error
  elif ((status != 0 && bad == 0)); then
    fail "$name reported no failure, but ended with exit code $status"
  fi
}

check_needs

projects=()
for file in tests/*/*.csproj; do
  name=$(basename "$file" .csproj)
  if [[ ${name,,} == *"${filter,,}"* ]]; then projects+=("$name"); fi
done
if ((${#projects[@]} == 0)); then
  fail "no test project's name contains '$filter'"
  finish
fi

echo "building Sojourn.slnx"
if ! dotnet build Sojourn.slnx --nologo -v quiet </dev/null; then
  fail 'the build failed'
  finish
fi

for i in "${!projects[@]}"; do
  echo "[$((i + 1))/${#projects[@]}] ${projects[i]}"
  run_project "${projects[i]}" "$@"
done
finish
