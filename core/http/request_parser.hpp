#pragma once

/// \file
/// Turns bytes into a checked request, without any socket: Boost.Beast's parser for the grammar,
/// between a look at the raw bytes (raw_head.hpp) and the checks that Beast leaves to its user
/// (request_checks.hpp).

#include <cstddef>
#include <memory>
#include <string>

#include "http/message.hpp"
#include "http/raw_head.hpp"

namespace postato::http {

/// Parses one request. Not thread-safe; one per connection, renewed by `reset` after each request.
class RequestParser {
public:
    enum class Progress {
        NeedMore = 1,  ///< call again when more bytes have arrived
        HeadDone,      ///< method, target and fields are known; `limitBody`, then call again
        Complete,      ///< `take` the request; what is left in the buffer is the next one
        Refused        ///< answer with `refusal()` and close: what follows cannot be framed
    };

    explicit RequestParser(const HeadLimits& limits = {});
    ~RequestParser();
    RequestParser(RequestParser&&) noexcept;
    RequestParser& operator=(RequestParser&&) noexcept;

    /// Consumes what it can from the front of `buffer`.
    Progress advance(std::string& buffer);

    /// Between HeadDone and the next `advance`: a body larger than this is refused with 413, at
    /// once when its length was announced. Returns false when that is so already.
    bool limitBody(std::size_t bytes);

    /// True once HeadDone was returned.
    bool headDone() const;
    /// The client waits for "100 Continue" before it sends its body.
    bool expectsContinue() const;
    /// The client is willing to send another request on this connection.
    bool keepAlive() const;
    /// The client speaks HTTP/1.0, where keeping the connection must be said.
    bool http10() const;
    /// A body was announced (it may still turn out empty).
    bool hasBody() const;
    /// Bytes of the body so far.
    std::size_t bodyBytes() const;

    /// Method, path, query and headers from HeadDone on; the body when Complete.
    const Request& request() const;
    /// The finished request; the parser is then good for `reset` only.
    Request take();
    /// The status to answer a Refused request with.
    int refusal() const;

    void reset();

private:
    class Machine;
    HeadLimits limits_;
    std::unique_ptr<Machine> machine_;
};

}  // namespace postato::http
