# Read by run.py before a test's commands.

# flights N: a small table with a numeric, a text and a binary column, the same for the same N; `late` follows both.
flights() {
  awk -v n="$1" 'BEGIN {
    split("ATL,BOS,DEN,JFK,ORD,SFO", places, ",")
    print "id,distance,origin,late"
    state = 42
    for (i = 1; i <= n; i++) {
      state = (state * 1103 + 12345) % 65536; distance = 100 + state % 2400
      state = (state * 1103 + 12345) % 65536; place = places[1 + int(state / 7) % 6]
      state = (state * 1103 + 12345) % 65536; noise = state / 65536
      late = (distance / 2500 + (place == "ORD" ? 0.4 : 0) + noise) > 1.2
      printf "%d,%d,%s,%d\n", i, distance, place, late
    }
  }'
}

# interruptible COMMAND… &: a job that hears SIGINT, which a script ignores for its jobs. It becomes the command, so that
# $! is the command's.
interruptible() { exec env --default-signal=INT "$@"; }
