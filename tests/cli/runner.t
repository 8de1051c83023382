The runner of these tests notices what it should.

  $ run() { printf '%s\n' "$@" >case.t; "$SOURCE/tests/cli/run.py" --bin "$(command -v mlsys)" case.t >log; }
  $ run '  $ echo a' '  a'
  $ run '  $ echo a' '  b'; tail -1 log
  0 passed, 1 failed
  $ run '  $ echo a'
  [1]
  $ run '  $ echo a >&2' '  a'
  [1]
  $ run '  $ echo a >&2' '  2> a'
  $ run '  $ false'
  [1]
  $ run '  $ false' '  [1]'
  $ run '  $ true' '  [1]'
  [1]
  $ run '  $ seq 9' '  1' '  ...' '  [89] (re)' '  9'
  $ run '  $ seq 9' '  1' '  ...' '  8'
  [1]
  $ run '  $ A=1' '  $ echo $A' '  1'
  $ run '  $ exit 0' '  $ true'; tail -2 log
  case.t:1: did not finish (killed after <duration>, or the shell was left)
  0 passed, 1 failed
  $ run '#timeout 1' '  $ sleep 9' '  $ true'
  [1]
  $ run 'only prose'; cat log
  case.t: no commands
  0 passed, 1 failed
