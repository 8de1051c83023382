#include "runs.hpp"

#include "mlsys/frame/frame.hpp"

namespace mlsys::frame {

namespace {

constexpr Example start_examples[] = {
    {"RUN=$(mlsys runs start -e churn -q)", "start a run and keep its id"},
    {"mlsys runs start -e churn --param depth=6 --tag host=ci", "with what is known at the start"},
    {"mlsys runs start --pid $$", "a run that reads as FAILED when this shell is gone without ending it"}};
constexpr Example exec_examples[] = {
    {"mlsys runs exec -e churn -- python train.py", "a program under a run, with its exit code"},
    {"mlsys runs exec -e churn --param depth=6 -- sh -c 'train | mlsys runs log $MLSYS_RUN_ID -'",
     "a program that logs to its run"}};
constexpr Example log_examples[] = {
    {"mlsys runs log $RUN --metric loss=0.3 --step 7", "one point of a series"},
    {"mlsys runs log $RUN --param depth=6 --tag note='second try' --artifact plot.svg", "several things at once"},
    {"train | mlsys runs log $RUN -", "JSON Lines: {\"metrics\": {\"loss\": 0.3}, \"step\": 7}"}};
constexpr Example end_examples[] = {{"mlsys runs end $RUN", "ended well"},
                                    {"mlsys runs end $RUN --status failed", "ended with an error"}};
constexpr Example edit_examples[] = {
    {"mlsys runs edit 3f2a --name baseline --untag draft", "another name, and a tag less"},
    {"mlsys runs edit @last -e churn", "it belongs to another experiment from now on"}};
constexpr Example list_examples[] = {{"mlsys runs list", "the newest runs"},
                                     {"mlsys runs list -e churn --metric roc_auc --limit 20", "with that metric shown"},
                                     {"mlsys runs list --json | jq -r '.runs[].run_id'", "for scripts"}};
constexpr Example search_examples[] = {
    {"mlsys runs search \"metrics.auc > 0.8 AND params.model LIKE 'cnn%'\"", "MLflow's filters, as they are"},
    {"mlsys runs search \"min(metrics.loss) < 0.1 OR tags.team IN ('a', 'b')\" --order-by 'metrics.auc DESC' -n 5",
     "the best five"},
    {"mlsys runs search \"status = 'FAILED' AND start_time > 7d ago\" --columns run_name,duration,params.depth",
     "what failed this week"},
    {"mlsys runs search 'metrics.loss IS NAN' -q | xargs -r mlsys runs delete", "for scripts"}};
constexpr Example show_examples[] = {
    {"mlsys runs show @last", "everything about the newest run"},
    {"mlsys runs show 3f2a --metric loss --chart", "a metric drawn"},
    {"mlsys runs show 3f2a --metric loss --history --json", "every point of a series"}};
constexpr Example compare_examples[] = {
    {"mlsys runs compare @last @last~1", "what differs between the last two"},
    {"mlsys runs compare @last @last~1 --chart --metric loss", "and how a metric went in both"},
    {"mlsys runs compare 3f2a 77b1 90c4 --report runs.html", "as a page with charts"}};
constexpr Example artifacts_examples[] = {
    {"mlsys runs artifacts @last", "what files a run has"},
    {"mlsys runs artifacts 3f2a plots/roc.svg >roc.svg", "one of them"},
    {"mlsys runs artifacts 3f2a plots -o plots", "a folder of them, each checked against its digest"}};
constexpr Example tail_examples[] = {
    {"mlsys runs tail @last", "the newest points, and how the run is"},
    {"mlsys runs tail -f 3f2a --metric loss", "every point of a metric until the run ends"},
    {"mlsys runs tail -f @last --json | jq -c '[.step, .value]'", "JSON Lines, the last of them with the status"}};
constexpr Example export_examples[] = {
    {"mlsys runs export -o runs.csv", "every run with its parameters, metrics and tags"},
    {"mlsys runs export \"metrics.auc > 0.8\" -e churn -o good.parquet", "only these"},
    {"mlsys runs export --history --metric loss -o loss.parquet", "every point of a metric"}};
constexpr Example purge_examples[] = {
    {"mlsys runs purge --all --dry-run", "what was deleted a month ago or earlier"},
    {"mlsys runs purge --all --older-than 7d && mlsys store gc", "remove it for good, and then its files"}};
constexpr Example delete_examples[] = {{"mlsys runs delete 3f2a", "hide a run; it can be restored"}};
constexpr Example restore_examples[] = {{"mlsys runs restore 3f2a", "list a deleted run again"}};

constexpr VerbInfo verbs[] = {
    {"start", "Start a run and print its id", start_examples, make_runs_start},
    {"exec", "Run a program under a run", exec_examples, make_runs_exec},
    {"log", "Log metrics, parameters, tags and files of a run", log_examples, make_runs_log},
    {"end", "End a run", end_examples, make_runs_end},
    {"edit", "Rename a run, move it to another experiment, remove tags", edit_examples, make_runs_edit},
    {"list", "List runs, newest first", list_examples, make_runs_list},
    {"search", "Find runs by what was logged", search_examples, make_runs_search},
    {"show", "Show a run, or the history of a metric", show_examples, [] { return load_verb("runs_show"); }},
    {"compare", "Show what differs between runs", compare_examples, [] { return load_verb("runs_compare"); }},
    {"artifacts", "List a run's files, or copy them out", artifacts_examples, make_runs_artifacts},
    {"tail", "Show what is logged to a run, as it comes", tail_examples, make_runs_tail},
    {"export", "Write runs, or every point of their metrics, to a table", export_examples,
     [] { return load_verb("runs_export"); }},
    {"delete", "Delete runs, which can be restored", delete_examples, make_runs_delete},
    {"restore", "Restore deleted runs", restore_examples, make_runs_restore},
    {"purge", "Remove deleted runs for good", purge_examples, make_runs_purge},
};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("runs", mlsys::frame::verbs)
