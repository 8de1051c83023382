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
  $ mlsys experiments restore fraud
  $ mlsys runs list -q | wc -l
  1
