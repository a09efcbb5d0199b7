#pragma once

/// \file
/// What this process counts about itself, in the text that Prometheus reads. Names and labels are
/// told in docs/metrics.md. No label holds an address, an account or anything a caller chose.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postato::metrics {

using Labels = std::map<std::string, std::string>;

/// A value as it is when somebody asks.
struct Reading {
    Labels labels;
    double value = 0;
};

/// Values of one name, read anew each time; may throw when they cannot be had, and is then left
/// out.
struct Gauge {
    std::string name;
    std::string help;
    std::function<std::vector<Reading>()> read;
};

/// Thread-safe.
class Metrics {
public:
    explicit Metrics(const std::string& version);
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// `method` and `route` must not be made up by the caller: http::RequestSummary has them so.
    /// `route` is the route's template; empty where there was none.
    void requestAnswered(const std::string& method, const std::string& route, int status,
                         std::chrono::microseconds took);
    /// `reason` as in accounts::RefreshReport.
    void refreshEnded(const std::string& platform, const std::string& reason);
    void sealedAnew(std::int64_t accounts);

    /// For the composition, before anybody asks.
    void add(Gauge gauge);

    /// Everything, in the text format of Prometheus (version 0.0.4).
    std::string text() const;

private:
    struct Instruments;
    std::unique_ptr<Instruments> instruments_;
    std::vector<Gauge> gauges_;
};

}  // namespace postato::metrics
