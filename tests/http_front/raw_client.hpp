#pragma once

/// \file
/// A client that sends exactly the bytes it is told to, and waits for at most a few seconds.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace postato::http::testing {

struct ReceivedResponse {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string body;
};

class RawClient {
public:
    static constexpr std::chrono::milliseconds kPatience{10'000};

    /// A socket that is not connected yet.
    RawClient();
    explicit RawClient(std::uint16_t port) : RawClient() { connect(port); }
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;

    /// To 127.0.0.1. Throws std::runtime_error.
    void connect(std::uint16_t port);
    /// False when the server has closed.
    bool send(std::string_view bytes);
    /// Sends GET, reads the answer.
    std::optional<ReceivedResponse> get(std::string_view path);

    /// The next response; nothing when the connection ends or `patience` runs out first.
    /// `without_body` for the answer to HEAD, and for 1xx.
    std::optional<ReceivedResponse> read(bool without_body = false,
                                         std::chrono::milliseconds patience = kPatience);
    /// Everything until the server closes; nothing when it does not.
    std::optional<std::string> readToEnd(std::chrono::milliseconds patience = kPatience);
    /// Something can be read, or the connection has ended.
    bool readable(std::chrono::milliseconds patience);

    /// Ends the sending direction.
    void finishSending();
    /// Closes with a reset instead of an orderly end.
    void reset();
    void shrinkReceiveBuffer();

private:
    bool receiveMore(std::chrono::steady_clock::time_point until);

    int socket_;
    std::string received_;
    bool ended_ = false;
};

/// How many status lines stand in what a server sent.
std::size_t countResponses(std::string_view bytes);

/// The status of the first response, or 0.
int firstStatus(std::string_view bytes);

}  // namespace postato::http::testing
