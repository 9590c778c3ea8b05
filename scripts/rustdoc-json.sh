#!/usr/bin/env bash
# rustdoc that may write JSON. Only it hears of RUSTC_BOOTSTRAP: build scripts of dependencies that did
# would ask for everything to be built anew.
exec env RUSTC_BOOTSTRAP=1 rustdoc "$@"
