What a command says to type next can be typed, whatever the names are; only words in capitals are to be filled in.

  $ next() { sed -n '/^next:/,$p' | sed 's/^next: *//; s/^  //' | grep -E '^(mlsys|cd) ' | sed 's/ COLUMN/ late/; s/ NAME/ n/; s/ \(TEST-DATA\|NEW\|DATA\)/ "my data.csv"/'; }
  $ mlsys init "it's new" | next >next.sh; head -1 next.sh
  cd 'it'\''s new'
  $ . ./next.sh 2>/dev/null >/dev/null; flights 300 >"my data.csv"; rm -rf .mlsys; sed 1d ../next.sh >again.sh; bash -e again.sh >out 2>err; echo $?
  0
  $ mlsys data profile "my data.csv" | next | tee next.sh
  mlsys data infer 'my data.csv' -o contract.json
  $ bash -e next.sh >out; next <out | tee next.sh; bash -e next.sh | tail -1
  mlsys validate "my data.csv" --contract contract.json
  pass: * 0 violated, 0 warnings (glob)
  $ mlsys data split "my data.csv" -o 'a few/parts' | next | tee next.sh; bash -e next.sh >out
  mlsys train 'a few/parts/train.csv' --target late --valid 'a few/parts/test.csv'
  2> warning: feature 'id' has another value in every row, like an identifier: --exclude it
  $ next <out | tee next.sh
  mlsys eval run:[0-9a-f]{8} "my data.csv" (re)
  mlsys register run:[0-9a-f]{8} --name late (re)
  $ bash -e next.sh >out 2>err; echo $?; next <out
  0
  mlsys register run:* --name n (glob)
  $ next <err | tee next.sh; bash -e next.sh
  mlsys promote late/1 --to champion
  late/1 is late@champion

Without validation rows it is the training table that can be evaluated. A store named by an option is named again:

  $ mlsys train "my data.csv" --target late --exclude id --rounds 3 --store "../my store" 2>err | next | tee next.sh
  mlsys eval run:[0-9a-f]{8} "my data.csv" --store '../my store' (re)
  mlsys register run:[0-9a-f]{8} --name late --store '../my store' (re)
  $ bash -e next.sh >out 2>err; next <err | tee next.sh; bash -e next.sh >out; echo $?
  mlsys promote late/1 --to champion --store '../my store'
  0

Predictions can be evaluated where the target was kept:

  $ mlsys predict late@champion "my data.csv" -o "my scores.csv" | grep -c next
  0
  [1]
  $ mlsys predict late@champion "my data.csv" --keep late -o "my scores.csv" | next | tee next.sh; bash -e next.sh | grep -c roc_auc
  mlsys eval 'my scores.csv' --target late
  1
  $ mlsys package late -o "to go.tar.zst" | next | tee next.sh; bash -e next.sh | tail -1
  mlsys verify 'to go.tar.zst'
  * (glob)
