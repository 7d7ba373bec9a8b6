#!/usr/bin/env bash
# Set-up, then every test that is not marked Speed=Slow.   bash eng/test.sh [--slow] [dotnet test options]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
filter="Speed!=Slow"
if [ "${1:-}" = --slow ]; then filter="Speed=Slow"; shift; fi

bash "$root/eng/setup.sh"
engine=${TorchEngine:-$(sed -n 's/.*>\(package\|system\)<\/TorchEngine>.*/\1/p' "$root/artifacts/engine.props")}
log="$root/artifacts/test.log"

dotnet build "$root/BehaviorCloning.sln" -c Release -v q -nologo
status=0
: > "$log"
for project in "$root"/tests/*.Tests/*.csproj; do
  # The binding's own tests need the binding, which is not built when the package runs underneath.
  if [ "$engine" = package ] && [[ $project == *SystemLibTorch* ]]; then continue; fi
  dotnet test "$project" -c Release --no-build -nologo --filter "$filter" "$@" 2>&1 | tee -a "$log" || status=1
done

# One line for people and for machines that count.
awk '
  match($0, /Failed: +[0-9]+/)  { split(substr($0, RSTART, RLENGTH), f, /: +/); failed += f[2] }
  match($0, /Passed: +[0-9]+/)  { split(substr($0, RSTART, RLENGTH), p, /: +/); passed += p[2] }
  match($0, /Skipped: +[0-9]+/) { split(substr($0, RSTART, RLENGTH), s, /: +/); skipped += s[2] }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit passed == 0 }
' "$log" || { echo "test: no test ran" >&2; status=1; }
exit $status
