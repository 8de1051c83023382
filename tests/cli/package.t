A model as one file:

  $ mkdir .mlsys && flights 2000 >t.csv && mlsys train t.csv --target late --exclude id --rounds 5 -q >/dev/null
  $ mlsys register @last --name fraud -q && mlsys promote fraud/1 -q
  fraud/1
  fraud/1
  $ mlsys package fraud -o fraud.tar.zst
  packaged fraud/1 as 'fraud.tar.zst', * files (glob)
  digest <sha256>
  * golden rows were replayed and go with it (glob)
  next: mlsys verify fraud.tar.zst
  $ mlsys package fraud/1 -o again.tar.zst --json | json schema package verdict signed_by files.0.name
  mlsys.package/1
  again.tar.zst
  pass
  null
  bundle.json
  $ cmp fraud.tar.zst again.tar.zst
  $ tar --zstd -tf fraud.tar.zst | head -2
  package.json
  bundle.json

It verifies, and works wherever a model is asked for:

  $ mlsys verify fraud.tar.zst | tail -1
  verified: every digest fits, * golden rows give the same bits; not signed (glob)
  $ mlsys verify fraud.tar.zst -q | wc -c
  65
  $ mlsys predict fraud t.csv -o a.csv -q >/dev/null && mlsys predict fraud.tar.zst t.csv -o b.csv -q >/dev/null && cmp a.csv b.csv
  $ mlsys verify fraud.tar.zst --json | json name version
  fraud
  1
  $ mlsys verify fraud.tar.zst --json | grep version
    "version": 1,
  $ test "$(mlsys verify fraud.tar.zst --json | json digest)" = "$(mlsys models show fraud/1 --json | json digest)"

A byte changed, cut off or added anywhere is noticed (5):

  $ size=$(stat -c %s fraud.tar.zst)
  $ for at in 0 5 $((size / 3)) $((size / 2)) $((size - 41)) $((size - 1)); do
  >   cp fraud.tar.zst bad && printf '\125' | dd of=bad bs=1 seek=$at conv=notrunc status=none
  >   cmp -s bad fraud.tar.zst || { mlsys verify bad --json 2>/dev/null | json verdict; mlsys verify bad -q 2>/dev/null; echo $?; }
  > done | sort | uniq -c | sed 's/^ *//'
  6 5
  6 fail
  $ head -c $((size / 2)) fraud.tar.zst >cut && mlsys verify cut
  2> error: cannot open package 'cut': the seal at its end is missing, so it is cut short, damaged, or packed by another tool
  2> hint: * (glob)
  [5]
  $ mlsys predict cut t.csv -o c.csv
  2> error: cannot open package 'cut': * (glob)
  2> hint: * (glob)
  [5]
  $ ls c.csv
  2> ls: cannot access 'c.csv': No such file or directory
  [2]

What is not listed does not travel along, even below a seal that fits: behind the frame, as a frame that tools skip, or
behind the last file:

  $ cat >smuggle.py <<'END'
  > import hashlib, subprocess, sys
  > kind, body = sys.argv[1], open("fraud.tar.zst", "rb").read()[:-40]
  > evil = open("evil.tar", "rb").read()
  > pack = lambda data: subprocess.run(["zstd", "-q"], input=data, capture_output=True, check=True).stdout
  > if kind == "frame": body += pack(evil)
  > if kind == "skipped": body += b"\x50\x2a\x4d\x18" + len(evil).to_bytes(4, "little") + evil
  > if kind == "tar": body = pack(subprocess.run(["zstd", "-qd"], input=body, capture_output=True).stdout + evil)
  > seal = b"\x5f\x2a\x4d\x18\x20\0\0\0" + hashlib.sha256(body).digest()
  > open(kind + ".tar.zst", "wb").write(body + seal)
  > END
  $ echo true >evil.sh && tar -cf evil.tar evil.sh
  $ for kind in none frame skipped tar; do python3 smuggle.py $kind; mlsys verify $kind.tar.zst -q >/dev/null; echo $?; done
  0
  2> error: cannot open package 'frame.tar.zst': something follows its compressed data
  5
  2> error: cannot open package 'skipped.tar.zst': something follows its compressed data
  5
  2> error: cannot open package 'tar.tar.zst': something follows its last file
  5
  $ tar --ignore-zeros --zstd -tf tar.tar.zst | tail -1
  evil.sh

In continuous integration, and with a limit for every command that opens packages:

  $ mlsys verify fraud.tar.zst --junit ok.xml --markdown ok.md -q >/dev/null; grep -o ' name="[^"]*"/>' ok.xml | tail -2; tail -1 ok.md
   name="file &#39;profile.json&#39;"/>
   name="golden rows"/>
  6 passed, 0 failed, 0 warned, 0 skipped.
  $ mlsys verify cut --junit bad.xml --format github
  ::error * (glob)
  2> error: cannot open package 'cut': * (glob)
  2> hint: * (glob)
  [5]
  $ grep -c '<failure' bad.xml
  1
  $ mlsys verify fraud.tar.zst --max-bytes 1KiB
  2> error: cannot open package 'fraud.tar.zst': its files take more than the limit of 1.0 KiB when unpacked
  2> hint: if you trust where it came from, raise the limit: mlsys config set max_unpacked 8GiB
  [5]
  $ MLSYS_MAX_UNPACKED=1KiB mlsys predict fraud.tar.zst t.csv 2>&1 | head -1
  error: cannot open package 'fraud.tar.zst': its files take more than the limit of 1.0 KiB when unpacked
  $ mlsys config set max_unpacked lots
  2> error: max_unpacked: 'lots' is not a size, such as 8GiB
  2> usage: mlsys config set KEY VALUE [options]
  [2]

Unpacked by other tools it is a directory that verifies, until something in it changes:

  $ mkdir d && tar --zstd -xf fraud.tar.zst -C d && mlsys verify d -q | wc -c
  65
  $ touch d/more && mlsys verify d
  2> error: 'd' does not verify: it holds 'more', which 'package.json' does not list
  [5]
  $ rm d/more && printf x >>d/model.ubj && mlsys verify d
  2> error: 'd' does not verify: 'model.ubj' does not have the digest that 'package.json' states
  [5]
  $ tar --zstd -cf repacked.tar.zst -C d . && mlsys verify repacked.tar.zst 2>&1 | head -1
  error: cannot open package 'repacked.tar.zst': the seal at its end is missing, * (glob)

What is not there or not a model:

  $ ln -s loop loop; mlsys verify loop
  2> error: cannot open package 'loop': Too many levels of symbolic links
  [1]

  $ mlsys verify none
  2> error: cannot open package 'none': No such file or directory
  2> hint: a run or a registered model is packaged first: mlsys package none -o model.tar.zst
  [4]
  $ mlsys verify run:1f3a
  2> error: cannot open package 'run:1f3a': No such file or directory
  2> hint: a run or a registered model is packaged first: mlsys package run:1f3a -o model.tar.zst
  [4]
  $ mlsys verify frauds.tar.zst
  2> error: cannot open package 'frauds.tar.zst': No such file or directory
  2> hint: did you mean 'fraud.tar.zst'?
  [4]
  $ mlsys verify t.csv
  2> error: cannot open package 't.csv': it is not a package: it does not start with a zstd frame
  [5]
  $ mlsys package none -o x.tar.zst
  2> error: no model 'none'
  2> hint: * (glob)
  [4]
  $ mlsys package fraud.tar.zst -o x.tar.zst
  2> error: cannot package 'fraud.tar.zst': it is a package already
  2> hint: mlsys verify fraud.tar.zst
  2> usage: mlsys package MODEL --output FILE [options]
  [2]
  $ mlsys package fraud -o /proc/none/x.tar.zst
  2> error: cannot write '/proc/none/x.tar.zst': * (glob)
  2> hint: there is no folder '/proc/none'
  [1]
  $ ls x.tar.zst
  2> ls: cannot access 'x.tar.zst': No such file or directory
  [2]
