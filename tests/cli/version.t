  $ mlsys --version
  mlsys \d+\.\d+\.\d+ (re)
  $ mlsys version
  mlsys \d+\.\d+\.\d+ (re)
  $ mlsys version -q
  \d+\.\d+\.\d+ (re)
  $ mlsys version --json | json schema
  mlsys.version/1
