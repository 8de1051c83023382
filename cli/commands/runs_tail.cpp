// tail
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/track/tail.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

class Tail final : public Verb {
  void declare(Options& options) override {
    options.positional(run_, "RUN", run_help).completes(Completes::run);
    options.flag(follow_, "-f,--follow", "Go on until the run has ended");
    options.value(points_, "-n,--points", "N", "So many of the points that are there").default_text("10");
    options.value(metrics_, "--metric", "NAME", "Only this metric; may be repeated").completes(Completes::metric);
  }

  Code run(Session& session) override {
    constexpr std::chrono::milliseconds pause{200};
    Context& context = session.context();
    store::Store store = open_for_reading(session);
    const std::string id = track::resolve_run(store, run_);
    track::Tail tail(store, id, metrics_);
    while (true) {
      const track::Moment moment = tail.next(points_, context);
      show(session.out(), id, moment);
      if (!follow_ || moment.over() || !session.out().open()) {
        end(session.out(), id, moment);
        return Code::ok;
      }
      context.check_stop();
      std::this_thread::sleep_for(pause);
    }
  }

  void show(Output& out, const std::string& id, const track::Moment& moment) {
    std::string text;
    for (const track::Arrival& arrival : moment.points) {
      if (out.mode() == Mode::json) {
        text += to_line(to_json(id, arrival)) + "\n";
      } else if (out.mode() == Mode::quiet) {
        text += shortest(arrival.point.value) + "\n";
      } else {
        // Columns only grow: what has been written stays.
        width_ = std::max(width_, display_width(arrival.metric));
        text += fmt::format("{}  {:>8}  {}{}  {}\n", shown_time(arrival.point.time), arrival.point.step, arrival.metric,
                            std::string(width_ - display_width(arrival.metric), ' '), shortest(arrival.point.value));
      }
    }
    out.raw(text);
  }

  static void end(Output& out, const std::string& id, const track::Moment& moment) {
    out.json_line(to_json(id, moment));
    out.note(fmt::format("run {} {} {}", short_id(id), moment.over() ? "ended as" : "is", name_of(moment.status)) +
             (moment.stale ? ": its process is gone" : ""));
  }

  std::string run_;
  std::vector<std::string> metrics_;
  std::size_t points_ = 10;
  std::size_t width_ = 0;
  bool follow_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_runs_tail() { return std::make_unique<Tail>(); }

}  // namespace mlsys::frame
