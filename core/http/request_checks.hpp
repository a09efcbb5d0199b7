#pragma once

/// \file
/// What a parsed request head must satisfy beyond the grammar, so that no server, proxy or cache
/// around us could frame the message in another way (RFC 9112 3.2, 6.1-6.3).

#include <string_view>

#include "http/message.hpp"

namespace postato::http {

struct HeadFacts {
    std::string_view target;
    bool http_1_1 = true;
    const Headers& fields;  ///< one entry for each field line
};

/// 0, or the status to refuse with:
/// 501 unknown method, 405 TRACE and CONNECT, 400 ambiguous framing, Host or repeated field,
/// 417 an Expect other than 100-continue, 411 a POST, PUT or PATCH without a length.
int checkHead(std::string_view method, const HeadFacts& head);

}  // namespace postato::http
