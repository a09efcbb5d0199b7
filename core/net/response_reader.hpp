#pragma once

/// \file
/// Reads one HTTP/1.1 response from pieces of bytes, and knows whether it is complete (RFC 9112
/// 6-8).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "postato/sdk/http.hpp"

namespace postato::net {

/// Strict where leniency would make a cut or ambiguous answer look whole: lengths must agree,
/// chunks must end, both framings at once are refused. Heads go through Boost.Beast's parser,
/// bodies are counted here. Interim 1xx responses are skipped. It does no I/O.
class ResponseReader {
public:
    static constexpr std::size_t kLargestHead = 32 * 1024;  ///< interim heads included

    enum class State { NeedMore = 1, Complete, Broken };

    /// `to_head`: the request was HEAD, whose answer has no body whatever it announces.
    ResponseReader(bool to_head, std::size_t largest_body)
        : to_head_(to_head), largest_body_(largest_body) {}

    State feed(std::string_view bytes);

    /// The peer closed the connection in an orderly way. That completes a response that announced
    /// no length, and breaks every other one.
    State finish();

    /// With Broken: what is wrong, for an administrator. Holds nothing of the response.
    const std::string& problem() const noexcept { return problem_; }

    /// With Complete.
    sdk::HttpResponse take() { return std::move(response_); }

private:
    enum class Part { Head = 1, Sized, ChunkSize, ChunkData, ChunkEnd, Trailers, ToTheEnd, Done };

    State advance();
    bool step();  ///< false: more bytes are needed, or the end is reached
    bool readHead();
    void parseHead(std::string_view head);
    void chooseFraming(bool http_1_1);
    bool moveToBody(std::size_t count);
    bool readChunkSize();
    bool readTrailers();
    std::string_view line(std::size_t most);  ///< with its CR LF; empty when not yet there
    void fail(std::string problem);

    bool to_head_;
    std::size_t largest_body_;
    Part part_ = Part::Head;
    std::string pending_;         ///< received, not yet used
    std::size_t head_bytes_ = 0;  ///< heads and trailers so far
    std::uint64_t left_ = 0;      ///< of a sized body or a chunk
    std::string problem_;
    sdk::HttpResponse response_;
};

}  // namespace postato::net
