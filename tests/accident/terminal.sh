#!/usr/bin/env bash
# The terminal of a program under a run: see terminal.py.
# usage: terminal.sh BUILD/mlsys
exec python3 "$(dirname "$0")/terminal.py" "$1"
