Rows that weigh nothing are none to learn from or to measure on. XGBoost would report a log loss of 0, stop after a round,
or learn a constant.

  $ flights 200 | awk -F, -v OFS=, 'NR == 1 { print $0, "part", "ones", "train", "valid", "late_only" }
  > NR > 1 { v = NR % 4 == 0; print $0, (v ? "v" : "t"), 1, (v ? 0 : 2), (v ? 2 : 0), $4 }' >t.csv
  $ weigh() { mlsys train t.csv --target late --exclude id,part,ones,train,valid,late_only --rounds 2 --no-record -o m -q --weight "$@"; }
  $ weigh train --valid part=v
  2> error: cannot train on 't.csv': the weight 'train' is 0 in every validation row
  2> hint: choose validation rows so that both parts weigh something, or leave out --weight
  [1]
  $ weigh valid --valid part=v
  2> error: cannot train on 't.csv': the weight 'valid' is 0 in every training row
  2> hint: choose validation rows so that both parts weigh something, or leave out --weight
  [1]
  $ weigh late_only
  2> error: cannot train on 't.csv': the weight 'late_only' is 0 in every training row of class '0'
  2> hint: nothing can be learnt of it: give its rows weights, or leave out --weight
  [1]
  $ weigh valid --where "part = 't'"
  2> error: cannot train on 't.csv': the weight 'valid' is 0 in every row
  2> hint: leave out --weight
  [1]
  $ ls m
  2> ls: cannot access 'm': No such file or directory
  [2]

So are those of a file of validation rows:

  $ awk -F, -v OFS=, 'NR > 1 { $6 = 0 } { print }' t.csv >v.csv
  $ weigh ones --valid v.csv
  2> error: cannot train on 't.csv': the weight 'ones' is 0 in every validation row
  2> hint: choose validation rows so that both parts weigh something, or leave out --weight
  [1]
  $ weigh ones --valid part=v
  m
