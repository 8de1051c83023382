The newest points of a run and how it is, once or until it has ended:

  $ RUN=$(mlsys runs start -e exp -q)
  $ for i in 1 2 3; do mlsys runs log $RUN --metric loss=0.$i --step $i; done; mlsys runs log $RUN --metric accuracy=0.5
  $ mlsys runs tail $RUN -n 3
  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d         2  loss  0.2 (re)
  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d         3  loss  0.3 (re)
  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d         0  accuracy  0.5 (re)
  2> run * is RUNNING (glob)
  $ mlsys runs tail $RUN -n 0
  2> run * is RUNNING (glob)
  $ mlsys runs tail $RUN --metric loss -n 1 -q
  0.3
  $ mlsys runs tail $RUN -n 1 --json
  {"schema":"mlsys.runs/1","run_id":"<id>","metric":"accuracy","step":0,"time":"<time>","value":0.5}
  {"schema":"mlsys.runs/1","run_id":"<id>","status":"RUNNING","end_time":null}
  2> run * is RUNNING (glob)

Followed, every point comes once, in the order in which it was logged, also one whose step went back; what was logged
before is not repeated:

  $ mlsys runs tail -f $RUN -n 1 -q >followed & TAIL=$!; while [ ! -s followed ]; do sleep 0.05; done
  $ seq 4 1000 | sed 's/.*/{"metric": "loss", "value": &, "step": &}/' | mlsys runs log $RUN -
  $ while [ $(wc -l <followed) -lt 998 ]; do sleep 0.05; done
  $ mlsys runs log $RUN --metric loss=-1 --step 2 --metric late=7; mlsys runs log $RUN --metric loss=-2 --step 2000
  $ mlsys runs end $RUN; wait $TAIL
  $ (echo 0.5; seq 4 1000; echo -1; echo 7; echo -2) | diff - followed

A run that has ended, or whose process is gone, is not waited for:

  $ mlsys runs tail -f $RUN -n 1
  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d      2000  loss  -2 (re)
  2> run * ended as FINISHED (glob)
  $ sleep 1000 & PID=$!
  $ GONE=$(mlsys runs start --pid $PID -q); kill $PID; wait $PID 2>/dev/null || true
  $ mlsys runs tail -f $GONE --json | json status stale
  FAILED
  true
  2> run * ended as FAILED: its process is gone (glob)

Who stops following is interrupted; a reader that has had enough is no error:

  $ LONG=$(mlsys runs start -q); mlsys runs log $LONG --metric a=1
  $ interruptible mlsys runs tail -f $LONG -q >seen & while [ ! -s seen ]; do sleep 0.05; done; kill -INT $!; wait $!
  2> error: interrupted
  [130]
  $ mlsys runs tail $RUN -n 100 -q | head -1
  903
  $ mlsys runs tail 00000000
  2> error: no run '00000000'
  2> hint: list runs with 'mlsys runs list'
  [4]
