Constraints name features, so that a column that is left out (`k` has one value) does not shift them. y is less the more
of a there is, and the more of a the more b changes it; but not in a model that must rise with a, or in one where a and
b must not interact.

  $ awk 'BEGIN {print "k,a,b,c,y"; for (i = 0; i < 600; i++) {a = i % 20; b = int(i / 20) % 6;
  > print 7 "," a "," b "," substr("pq", 1 + i % 2, 1) "," a * b - 6 * a + (i * 7 % 13) / 10}}' >t.csv
  $ awk 'BEGIN {print "k,a,b,c"; for (b = 0; b < 6; b++) for (a = 0; a < 20; a++) print "7," a "," b ",p"}' >grid.csv
  $ fit() { mlsys train t.csv --target y --rounds 20 --no-record -o "$@" -q; }
  $ falls() { mlsys predict "$1" grid.csv --keep a,b | awk -F, 'NR > 2 && b == $2 && $3 < before {n++} {b = $2; before = $3} END {print n + 0, "times"}'; }
  $ fit free; fit rising --param monotone_constraints=a:1
  free
  rising
  $ falls free
  \d\d\d times (re)
  $ falls rising
  0 times
  $ fit same --param 'monotone_constraints={"a": 1, "k": -1}'; cmp same/model.ubj rising/model.ubj
  same
  $ json parameters.monotone_constraints <rising/bundle.json
  (1,0,0)

What a model without interaction of a and b says of (0, 0) and (19, 5) together, it says of (0, 5) and (19, 0):

  $ corners() { mlsys predict "$1" grid.csv --keep a,b | awk -F, '{p[$1 "," $2] = $3} END {d = p["0,0"] + p["19,5"] - p["0,5"] - p["19,0"]; print (d < 0.001 && d > -0.001 ? "alike" : "apart")}'; }
  $ corners free
  apart
  $ fit parted --param 'interaction_constraints=[["a", "c"], ["b"]]'; corners parted
  parted
  alike
  $ json parameters.interaction_constraints <parted/bundle.json
  [[0,2],[1]]
  $ fit alone --param 'interaction_constraints=[["k"]]'; corners alone
  alone
  alike

By position only when no column was left out:

  $ fit shifted --param 'monotone_constraints=(0,1,0,0)'
  2> error: cannot set parameter monotone_constraints to '(0,1,0,0)': positions shift, since column 'k' is no feature
  2> hint: name features: --param monotone_constraints=a:1,b:-1
  2> usage: mlsys train DATA [options]
  [2]
  $ fit shifted --param 'interaction_constraints=[[0,1]]'
  2> error: cannot set parameter interaction_constraints to '[[0,1]]': positions shift, since column 'k' is no feature
  2> hint: name features: --param 'interaction_constraints=[["a","b"],["c"]]'
  2> usage: mlsys train DATA [options]
  [2]
  $ fit placed --exclude k --param 'monotone_constraints=(1,0,0)'; cmp placed/model.ubj rising/model.ubj
  placed
  $ fit placed --exclude k --param 'monotone_constraints=(1,0)'
  2> error: cannot set parameter monotone_constraints to '(1,0)': it has 2 directions for 3 features
  2> hint: name features: --param monotone_constraints=a:1,b:-1
  2> usage: mlsys train DATA [options]
  [2]
  $ fit placed --exclude k --param 'interaction_constraints=[[0,9]]'
  2> error: cannot set parameter interaction_constraints to '[[0,9]]': position 9 is beyond the 3 features, which are counted from 0
  2> hint: name features: --param 'interaction_constraints=[["a","b"],["c"]]'
  2> usage: mlsys train DATA [options]
  [2]

  $ fit odd --param monotone_constraints=zip:1
  2> error: cannot set parameter monotone_constraints to 'zip:1': 'zip' is no feature
  2> hint: the features are a, b, c
  2> usage: mlsys train DATA [options]
  [2]
  $ fit odd --param monotone_constraints=c:1
  2> error: cannot set parameter monotone_constraints to 'c:1': feature 'c' is categorical, and its values have no order
  2> hint: leave it out
  2> usage: mlsys train DATA [options]
  [2]

The form is checked before any data are read:

  $ mlsys train nowhere.csv --target y --no-record -o odd --param monotone_constraints=a:2
  2> error: cannot set parameter monotone_constraints to 'a:2': a direction is 1 (rising), -1 (falling) or 0
  2> hint: name features: --param monotone_constraints=a:1,b:-1
  2> usage: mlsys train DATA [options]
  [2]
  $ mlsys train nowhere.csv --target y --no-record -o odd --param 'interaction_constraints=[[a]]'
  2> error: cannot set parameter interaction_constraints to '[[a]]': not JSON: line 1, column 3: * (glob)
  2> hint: name features: --param 'interaction_constraints=[["a","b"],["c"]]'
  2> usage: mlsys train DATA [options]
  [2]
