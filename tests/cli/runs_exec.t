A program under a run: its output as it comes, its exit code, what it took. Standard output is the program's.

  $ mlsys init -q . >init.txt
  $ mlsys runs exec -e churn --name first --param depth=6 --tag team=a -- sh -c 'echo out; echo err >&2; exit 7'
  out
  2> err
  2> run * (first): FAILED, exit code 7, <duration>, * (glob)
  [7]
  $ mlsys runs show @last --json | json name status params.depth tags.team source
  first
  FAILED
  6
  a
  sh -c echo out; echo err >&2; exit 7
  $ mlsys runs list --columns tags.mlsys.exit_code --json | json columns.0
  tags.mlsys.exit_code
  $ mlsys runs search "tags.mlsys.exit_code = 7 AND metrics.exec.wall_seconds < 60 AND metrics.exec.peak_bytes > 100000" -q
  <id>

It knows its run, and logs to it from any folder:

  $ mlsys runs exec -q -e churn -- sh -c 'cd /; mlsys runs log $MLSYS_RUN_ID --metric loss=0.5; echo $MLSYS_EXPERIMENT'
  churn
  $ mlsys runs show @last --json | json status metrics.loss
  FINISHED
  0.5
  $ mlsys runs exec -q -- printf '<%s>' '[a,b]' '[]' '' -- --json '[[x],[y]]' | sed 's/>[0-9a-f]*$/>/'
  <[a,b]><[]><><--><--json><[[x],[y]]> (no-eol)
  $ mlsys runs exec -e churn --json -- true | json status exit_code git_commit
  FINISHED
  0
  null

What it prints is kept on demand, and passed on as ever; a program that it leaves behind holds up nobody:

  $ mlsys runs exec -e churn --capture -- sh -c 'echo out; echo err >&2; printf more; sleep 9 & exit 3'
  out
  more (no-eol)
  2> err
  2> run * FAILED, exit code 3, <duration>, * (glob)
  [3]
  $ mlsys runs artifacts @last
  artifact         size  sha256
  exec/stderr.log   4 B  2ccde4875ec5
  exec/stdout.log   8 B  1f74b315695f
  $ mlsys runs artifacts @last exec/stdout.log
  out
  more (no-eol)
  $ mlsys runs artifacts @last exec/stderr.log
  err
  $ mlsys runs exec -q --capture -- seq 1 200000 | tail -1; mlsys runs artifacts @last exec/stdout.log | cksum; seq 1 200000 | cksum
  200000
  3581800518 1288895
  3581800518 1288895
  $ mlsys runs exec -q --capture -- seq 1 200000 | head -1; mlsys runs artifacts @last exec/stdout.log | tail -1
  1
  200000
  $ mlsys runs exec -q --capture -- true; mlsys runs artifacts @last
  2> it has no artifacts

So does one that never stops printing, which is not asked to either:

  $ mlsys runs exec -q --capture -- sh -c 'while :; do echo x; sleep 0.01; done 2>/dev/null & sleep 0.1' | head -1
  x
  $ mlsys runs show @last --json | json status
  FINISHED

Standard input is passed on, options of the program are its own:

  $ echo text | mlsys runs exec -q -- cat -- - --json
  text
  2> cat: --json: No such file or directory
  [1]

A program that a signal ends, sent to it or to us; a polite one that still ends well is a success:

  $ mlsys runs exec -- sh -c 'kill -SEGV $$'
  2> run * FAILED, exit code 139, * (glob)
  [139]
  $ cat >wait.sh <<'EOF'
  > exec 2>/dev/null
  > trap "echo stopping; exit $1" TERM INT
  > touch ready; i=0
  > while [ $i -lt 300 ]; do sleep 0.1; i=$((i+1)); done
  > EOF
  $ stopped() { rm -f ready; interruptible mlsys runs exec -- sh wait.sh $2 & while [ ! -e ready ]; do sleep 0.05; done; kill -$1 $!; wait $!; }
  $ stopped TERM 5
  stopping
  2> run * KILLED, exit code 5, * (glob)
  [5]
  $ stopped INT 0
  stopping
  2> run * FINISHED, exit code 0, * (glob)
  $ mlsys runs exec -- sh -c 'kill -TERM $$'
  2> run * KILLED, exit code 143, * (glob)
  [143]

What a script ignores, or nohup, stays ignored, by the program too. One that may be stopped hears of broken pipes:

  $ ignored() { grep SigIgn /proc/self/status | tail -c 5; }; export -f ignored
  $ mlsys runs exec -q -- bash -c ignored
  0000
  $ (trap '' HUP INT QUIT; mlsys runs exec -q -- bash -c ignored)
  0007
  $ (trap '' PIPE; mlsys runs exec -q -- bash -c ignored)
  1000
  $ python3 -c 'import signal, os, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execvp(sys.argv[1], sys.argv[1:])' mlsys runs exec -q -- true
  $ rm -f ready; (trap '' HUP INT QUIT; exec mlsys runs exec -- sh -c 'touch ready; sleep 1; echo done') & while [ ! -e ready ]; do sleep 0.05; done
  > kill -HUP $!; kill -INT $!; kill -QUIT $!; wait $!
  done
  2> run * FINISHED, exit code 0, * (glob)

When we are gone, so is the run:

  $ rm -f ready; mlsys runs exec --name orphan -- sh wait.sh 0 & while [ ! -e ready ]; do sleep 0.05; done
  $ mlsys runs search "run_name = 'orphan'" --columns status --json | json runs.0.status
  RUNNING
  $ kill -KILL $!; wait $! 2>/dev/null; mlsys runs search "run_name = 'orphan'" --columns status --json | json runs.0.status
  FAILED

In a work tree of Git, the commit and what is not in it:

  $ git init -q work; cd work; git config user.email a@b; git config user.name a
  $ echo one >train.py; git add train.py; git commit -qm one; git checkout -q -b trunk
  $ mlsys runs exec -q --store ../.mlsys -- true; COMMIT=$(git rev-parse HEAD)
  $ mlsys runs search --store ../.mlsys "tags.mlflow.source.git.commit = '$COMMIT' AND tags.mlsys.git.dirty = 'false' AND tags.mlflow.source.git.branch = 'trunk'" -q
  <id>
  $ echo two >>train.py
  $ mlsys runs exec --store ../.mlsys --json -- true | json git_dirty
  true
  $ mlsys runs show @last --store ../.mlsys --json | json artifacts.0.name
  git/dirty.diff
  $ cat ../.mlsys/objects/*/* | grep '^+'
  +++ b/train.py
  +two
  $ mlsys runs exec -q --store ../.mlsys --no-git -- true; mlsys runs search --store ../.mlsys "tags.mlsys.git.dirty IS NULL AND status = 'FINISHED'" -q -n 1
  <id>
  $ cd ..

Mistakes:

  $ mlsys runs exec -- nonesuch
  2> error: cannot run 'nonesuch': No such file or directory
  2> hint: check its name and $PATH
  [4]
  $ mlsys runs list -n 1 --json | json runs.0.status runs.0.source
  FAILED
  nonesuch
  $ mlsys runs exec -e x
  2> error: missing COMMAND
  2> usage: mlsys runs exec COMMAND… [options]
  [2]
