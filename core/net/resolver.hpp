#pragma once

/// \file
/// Names to addresses, within a time that is ours to set.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace postato::net {

/// Thread-safe. Tests hand in a table of names.
class Resolver {
public:
    virtual ~Resolver() = default;
    /// Every address of `host` as a literal, in the order to try them; none when the name has none
    /// or the answer did not come by `deadline`.
    virtual std::vector<std::string> resolve(const std::string& host,
                                             std::chrono::steady_clock::time_point deadline) = 0;
};

/// The system's resolver. getaddrinfo() cannot be interrupted, so each look-up runs on a thread of
/// its own that is left behind when the time is up; at most kAtOnce of them exist, further callers
/// wait for one to end.
class SystemResolver final : public Resolver {
public:
    static constexpr std::ptrdiff_t kAtOnce = 16;
    static constexpr std::chrono::seconds kLongest{5};

    SystemResolver();
    ~SystemResolver() override;

    std::vector<std::string> resolve(const std::string& host,
                                     std::chrono::steady_clock::time_point deadline) override;

private:
    struct Slots;
    std::shared_ptr<Slots> slots_;
};

}  // namespace postato::net
