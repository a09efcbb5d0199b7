#include "metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace postato::metrics {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

// From what memory answers to what waits for a platform.
const Histogram::BucketBoundaries kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                           0.25,  0.5,    1,     2.5,  5,     10,   30};

prometheus::MetricFamily familyOf(const Gauge& gauge, const std::vector<Reading>& readings) {
    prometheus::MetricFamily family;
    family.name = gauge.name;
    family.help = gauge.help;
    family.type = prometheus::MetricType::Gauge;
    for (const auto& reading : readings) {
        prometheus::ClientMetric metric;
        for (const auto& [name, value] : reading.labels) metric.label.push_back({name, value});
        metric.gauge.value = reading.value;
        family.metric.push_back(std::move(metric));
    }
    return family;
}

}  // namespace

struct Metrics::Instruments {
    prometheus::Registry registry;
    Family<Counter>& requests = prometheus::BuildCounter()
                                    .Name("postato_http_requests_total")
                                    .Help("Requests answered, by route template and status")
                                    .Register(registry);
    Family<Histogram>& durations =
        prometheus::BuildHistogram()
            .Name("postato_http_request_duration_seconds")
            .Help("From the complete request to the finished answer, by route template")
            .Register(registry);
    Family<Counter>& refreshes = prometheus::BuildCounter()
                                     .Name("postato_refreshes_total")
                                     .Help("Refreshes of tokens that ended, by what they came to")
                                     .Register(registry);
    Family<Counter>& reseals = prometheus::BuildCounter()
                                   .Name("postato_resealed_accounts_total")
                                   .Help("Accounts sealed anew under another data key")
                                   .Register(registry);
    Counter& resealed = reseals.Add({});
};

Metrics::Metrics(const std::string& version) : instruments_(std::make_unique<Instruments>()) {
    add({"postato_build_info", "The version that runs; always 1", [version] {
             return std::vector<Reading>{{{{"version", version}}, 1}};
         }});
}

Metrics::~Metrics() = default;

void Metrics::requestAnswered(const std::string& method, const std::string& route, int status,
                              std::chrono::microseconds took) {
    instruments_->requests
        .Add({{"method", method}, {"route", route}, {"status", std::to_string(status)}})
        .Increment();
    instruments_->durations.Add({{"route", route}}, kSeconds)
        .Observe(std::chrono::duration<double>(took).count());
}

void Metrics::refreshEnded(const std::string& platform, const std::string& reason) {
    instruments_->refreshes.Add({{"platform", platform}, {"outcome", reason}}).Increment();
}

void Metrics::sealedAnew(std::int64_t accounts) {
    instruments_->resealed.Increment(static_cast<double>(accounts));
}

void Metrics::add(Gauge gauge) { gauges_.push_back(std::move(gauge)); }

std::string Metrics::text() const {
    auto families = instruments_->registry.Collect();
    for (const auto& gauge : gauges_) {
        try {
            families.push_back(familyOf(gauge, gauge.read()));
        } catch (const std::exception&) {
            // The database is away, most likely: postato_database_up says so.
        }
    }
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace postato::metrics
