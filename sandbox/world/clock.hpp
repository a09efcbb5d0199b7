#pragma once

// The time everything in the sandbox lives by: the machine's, plus what tests have added.

#include <chrono>
#include <cstdint>
#include <optional>

namespace postato::sandbox {

/// UTC epoch milliseconds.
using Millis = std::int64_t;

class Clock {
public:
    Millis now() const {
        using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
        if (held_) return *held_;
        return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count() + ahead_;
    }
    void advance(std::chrono::seconds by) { ahead_ += 1000 * by.count(); }

    /// The clock stands still while this lives: one request is answered in one instant, so a token
    /// made for 60 seconds is said to live for 60 and not for 59.
    class Standstill {
    public:
        explicit Standstill(Clock& clock) : clock_(clock) { clock_.held_ = clock_.now(); }
        ~Standstill() { clock_.held_.reset(); }
        Standstill(const Standstill&) = delete;
        Standstill& operator=(const Standstill&) = delete;

    private:
        Clock& clock_;
    };

private:
    Millis ahead_ = 0;
    std::optional<Millis> held_;
};

}  // namespace postato::sandbox
