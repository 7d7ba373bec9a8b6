#!/usr/bin/env bash
# Makes this machine ready to build and run everything: native libraries from the distribution, and the choice of the engine.
#
#   bash eng/setup.sh [--engine package|system]
#
# The engine is the TorchSharp underneath (docs/engines.md). When none is asked for, by the option or by the environment variable
# TorchEngine, it is chosen here: the TorchSharp package where the configured NuGet feed has it and it would load on this machine,
# otherwise our own binding of the distribution's libtorch. The choice is written to artifacts/engine.props, which every build reads.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
engine=${TorchEngine:-}
versions="0.106.0 0.107.0" # of TorchSharp that the library is tested with, the preferred one first
version=${TorchSharpVersion:-}

while [ $# -gt 0 ]; do
  case $1 in
    --engine) engine=${2:?"--engine needs package or system"}; shift 2 ;;
    *) echo "setup: unknown option '$1'. Use --engine package|system." >&2; exit 2 ;;
  esac
done

# Read once: in a pipe, a reader that stops at its first match would make the writer fail.
libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p)
has_library() { [[ $libraries == *"$1"* ]]; }

say() { printf 'setup: %s\n' "$*"; }

command -v dotnet > /dev/null || { echo "setup: the .NET SDK 10 is missing. Install it (package dotnet-sdk-10.0) and run this again." >&2; exit 1; }

# Prints the first tested version of TorchSharp that the feed has: a restore of an empty project says so. Only the small managed package is
# fetched, and each answer must come within two minutes.
version_in_feed() {
  local probe="$root/artifacts/probe" candidate
  mkdir -p "$probe"
  printf '<Project />\n' | tee "$probe/Directory.Build.props" "$probe/Directory.Build.targets" > "$probe/Directory.Packages.props"
  for candidate in ${version:-$versions}; do
    cat > "$probe/probe.csproj" << EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="TorchSharp" Version="[$candidate]" /></ItemGroup>
</Project>
EOF
    if timeout 120 dotnet restore "$probe/probe.csproj" > "$probe/restore-$candidate.log" 2>&1; then echo "$candidate"; return; fi
  done
  return 1
}

if [ "$engine" = package ]; then
  why="it was asked for"
  version=$(version_in_feed) || { echo "setup: the NuGet feed has none of TorchSharp ${version:-$versions}. Use --engine system." >&2; exit 1; }
elif [ -n "$engine" ]; then
  why="it was asked for"
elif [ "$(uname -m)" != x86_64 ]; then
  engine=system why="TorchSharp has no native package for $(uname -m)"
elif ! grep -aq GLIBCXX_3.4.32 "$(awk '/libstdc\+\+\.so\.6 /{ print $NF; exit }' <<< "$libraries")"; then
  engine=system why="TorchSharp's native library needs GCC 13's libstdc++ (GLIBCXX_3.4.32), which this distribution is too old for"
elif version=$(version_in_feed); then
  engine=package why="the NuGet feed has TorchSharp $version"
else
  engine=system why="the NuGet feed has none of TorchSharp $versions"
fi

# Debian's and Ubuntu's names. libchipmunk: Push-T's physics; libblosc: Zarr; libpng, libturbojpeg: images; libopenblas: without it libtorch multiplies matrices ten times slower.
need=()
has_library libchipmunk.so.7 || need+=(libchipmunk7)
has_library libblosc.so.1 || need+=(libblosc1)
has_library libpng16.so.16 || need+=(libpng16-16)
if grep -q '^ID=ubuntu' /etc/os-release 2> /dev/null; then turbojpeg=libturbojpeg; else turbojpeg=libturbojpeg0; fi
has_library libturbojpeg.so.0 || need+=("$turbojpeg")
case $engine in
  system)
    has_library libopenblas.so.0 || need+=(libopenblas0-pthread)
    # A libtorch named by LibTorchPath (a PyTorch wheel's, JetPack's) stands in for the distribution's.
    [ -n "${LibTorchPath:-}" ] || [ -e /usr/include/torch/library.h ] || [ -e /usr/include/torch/csrc/api/include/torch/torch.h ] || need+=(libtorch-dev)
    command -v cmake > /dev/null || need+=(cmake)
    command -v g++ > /dev/null || need+=(g++)
    ;;
  package) ;;
  *) echo "setup: engine '$engine' is unknown. Use package or system." >&2; exit 2 ;;
esac

if [ ${#need[@]} -gt 0 ]; then
  command -v apt-get > /dev/null || { echo "setup: missing ${need[*]}, and this is no Debian or Ubuntu: install their equivalents and run this again." >&2; exit 1; }
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || { echo "setup: missing ${need[*]}. Run as root: apt-get install ${need[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  say "installing ${need[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${need[@]}" > /dev/null
fi

mkdir -p "$root/artifacts"
cat > "$root/artifacts/engine.props.new" << EOF
<Project>
  <!-- Written by eng/setup.sh: $why. -->
  <PropertyGroup>
    <TorchEngine Condition="'\$(TorchEngine)' == ''">$engine</TorchEngine>
    <TorchSharpVersion Condition="'\$(TorchSharpVersion)' == ''">${version:-0.106.0}</TorchSharpVersion>
  </PropertyGroup>
</Project>
EOF
mv "$root/artifacts/engine.props.new" "$root/artifacts/engine.props"
say "engine '$engine', because $why"
