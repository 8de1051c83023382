#!/usr/bin/env bash
# Pipes that do not block, with a reader that takes its time, as other programs make them: nothing is lost.
# usage: slow_reader.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"

mlsys init . -q >/dev/null
run=$(mlsys runs start -q)
seq 20000 | sed "s/.*/{\"metric\": \"loss\", \"value\": &, \"step\": &}/" | mlsys runs log "$run" - -q >/dev/null
cat >slowly.py <<'END'
"""slowly.py OUT ERR COMMAND...: both streams through non-blocking pipes, standard error full from the start."""
import os, subprocess, sys, threading, time

def reader(end, path):
    time.sleep(0.5)
    with open(path, "wb") as file:
        while part := os.read(end, 30000):
            file.write(part)
            time.sleep(0.005)

threads, writers = [], []
for path in sys.argv[1:3]:
    end, writer = os.pipe()
    os.set_blocking(writer, False)
    threads.append(threading.Thread(target=reader, args=(end, path)))
    writers.append(writer)
os.write(writers[1], b"." * 65536)
process = subprocess.Popen(sys.argv[3:], stdout=writers[0], stderr=writers[1])
for writer in writers:
    os.close(writer)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(process.wait())
END
mlsys runs show "$run" --metric loss --history --json >whole
[ "$(stat -c %s whole)" -gt 1000000 ] || fail "the document is too small for a pipe to cut it"
expect 0 python3 slowly.py out err mlsys runs show "$run" --metric loss --history --json
cmp whole out >"$scratch/log" || fail "the document is cut"
expect 4 python3 slowly.py out err mlsys runs show nonesuch
tr -d . <err >"$scratch/log"
said "error: "
expect 0 python3 slowly.py out err mlsys runs exec -q --capture -- seq 1 200000
[ "$(cksum <out)" = "$(seq 1 200000 | cksum)" ] || fail "what a program prints is cut"
echo "nothing is lost"
