Experiments are made by hand or by their first run:

  $ mlsys experiments create churn --tag team=growth
  2> note: no project here yet, keeping runs and models in '$PWD/.mlsys'
  $ mlsys runs start -e fraud -q >/dev/null
  $ mlsys experiments list --json | json experiments.0.name experiments.0.tags.team experiments.1.name experiments.1.runs
  churn
  growth
  fraud
  1
  $ mlsys experiments list -q
  churn
  fraud
  $ mlsys experiments create churn
  2> error: an experiment 'churn' exists
  2> hint: choose another name
  [6]
  $ mlsys experiments list --deleted
  2> no deleted experiments
  $ mlsys experiments rename churn churn-2026
  $ mlsys experiments rename nothing else
  2> error: no experiment 'nothing'
  2> hint: list experiments with 'mlsys experiments list'
  [4]
  $ mlsys experiments rename chur-2026 x
  2> error: no experiment 'chur-2026'
  2> hint: did you mean 'churn-2026'?
  [4]

Tags are set and removed together, or not at all:

  $ mlsys experiments tag churn-2026 owner=ana 'note=a=b' --remove team --json | json name tags
  churn-2026
  {"note": "a=b", "owner": "ana"}
  $ mlsys experiments tag churn-2026 owner=bo --remove tem
  2> error: experiment 'churn-2026' has no tag 'tem'
  2> hint: see its tags: mlsys experiments list --json
  [4]
  $ mlsys experiments list --tag owner=ana -q; mlsys experiments list --tag owner=ana --tag note=a -q; mlsys experiments list --tag owner=bo
  churn-2026
  2> no such experiments
  $ mlsys experiments tag churn-2026
  2> error: nothing to change
  2> hint: give KEY=VALUE or --remove KEY
  2> usage: mlsys experiments tag NAME [KEY=VALUE…] [options]
  [2]
  $ mlsys experiments tag churn owner=ana
  2> error: no experiment 'churn'
  2> hint: list experiments with 'mlsys experiments list'
  [4]
  $ mlsys experiments tag churn-2026 =x 2>&1 | head -1
  error: '=x' is not KEY=VALUE

Deleting one hides its runs, restoring brings them back:

  $ mlsys experiments delete fraud
  $ mlsys runs list -q | wc -l
  0
  $ mlsys runs start -e fraud
  2> error: cannot use the experiment 'fraud': it is deleted
  2> hint: restore it first: mlsys experiments restore 'fraud'
  [1]
  $ mlsys experiments list --deleted -q
  fraud
  $ mlsys experiments tag fraud a=b 2>&1 | head -1
  error: cannot use the experiment 'fraud': it is deleted
  $ mlsys experiments restore fraud
  $ mlsys runs list -q | wc -l
  1
