#pragma once

// The time everything in the sandbox lives by: the machine's, plus what tests have added.

#include <chrono>
#include <cstdint>

namespace postato::sandbox {

/// UTC epoch milliseconds.
using Millis = std::int64_t;

class Clock {
public:
    Millis now() const {
        using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
        return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count() + ahead_;
    }
    void advance(std::chrono::seconds by) { ahead_ += 1000 * by.count(); }

private:
    Millis ahead_ = 0;
};

}  // namespace postato::sandbox
