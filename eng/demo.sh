#!/usr/bin/env bash
# Set-up, then the main job: demonstrations, training, evaluation, report.
#
#   bash eng/demo.sh                    on demonstrations that the expert records first
#   bash eng/demo.sh --data PATH        on yours: the Push-T Zarr folder, an npz, or an episode store
#   bash eng/demo.sh evaluate --help    any verb of samples/PushT
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bash "$root/eng/setup.sh"
exec dotnet run -c Release --project "$root/samples/PushT" -- "$@"
