#include "world/faults.hpp"

namespace postato::sandbox {

std::string_view nameOf(FaultKind kind) {
    for (const auto& [value, name] : kFaultNames) {
        if (value == kind) return name;
    }
    return "";
}

std::optional<FaultKind> faultNamed(std::string_view wanted) {
    for (const auto& [value, name] : kFaultNames) {
        if (name == wanted) return value;
    }
    return std::nullopt;
}

void Faults::arm(const std::string& platform, Endpoint endpoint, Fault fault, std::int64_t times,
                 std::int64_t skip) {
    armed_[{platform, endpoint}].push_back({std::move(fault), times, skip});
}

std::optional<Fault> Faults::take(const std::string& platform, Endpoint endpoint) {
    const auto queue = armed_.find({platform, endpoint});
    if (queue == armed_.end() || queue->second.empty()) return std::nullopt;
    auto& next = queue->second.front();
    if (next.skip > 0) {
        --next.skip;
        return std::nullopt;
    }
    Fault fault = next.fault;
    if (--next.times == 0) queue->second.pop_front();
    return fault;
}

void Faults::clear(std::string_view platform) {
    std::erase_if(armed_, [platform](const auto& item) {
        return platform.empty() || item.first.first == platform;
    });
}

}  // namespace postato::sandbox
