#!/usr/bin/env bash
# A share of what make conformance does 200 times: see tracking_kill.py.
# usage: tracking.sh BUILD/mlsys
exec python3 "$(dirname "$0")/tracking_kill.py" "$1" --kills 18
