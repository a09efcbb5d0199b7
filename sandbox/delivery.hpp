#pragma once

// An answer together with the way it goes over the wire, which a fault may have spoilt.

#include <cstdint>

#include "platforms/platform.hpp"
#include "wire/message.hpp"
#include "world/faults.hpp"

namespace postato::sandbox {

enum class Wire {
    Whole = 1,
    Truncated,  // the head promises more than the body brings, then the connection closes
    Dripping,   // the body comes byte by byte
    Closed,     // no answer, the connection closes
    Reset,      // no answer, the connection is reset
};

struct Delivery {
    Response response{};
    Wire wire = Wire::Whole;
    std::int64_t drip_ms = 0;  // between two bytes
};

/// What the fault makes of a call. `real` is the platform's answer for a fault that acts after
/// the change; without it nothing has happened and decoys stand in for tokens.
Delivery spoil(const Fault& fault, const Platform& platform, Endpoint endpoint,
               const Request& request, const Response* real);

}  // namespace postato::sandbox
