# Configure and build by preset. Sourced by the scripts.
# shellcheck shell=bash

# build_preset PRESET [CMAKE_ARGUMENT...] [-- TARGET...] : everything is said on standard error. Runs
# from the root of the tree.
build_preset() {
    local preset=$1
    shift
    local arguments=() targets=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do arguments+=("$1"); shift; done
    if [ $# -gt 1 ]; then shift; targets=(--target "$@"); fi
    cmake --preset "$preset" "${arguments[@]}" >&2
    cmake --build --preset "$preset" "${targets[@]}" >&2
}
