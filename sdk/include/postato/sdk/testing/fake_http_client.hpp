#pragma once

/// \file
/// An HttpClient for tests: scripted answers in, recorded requests out. No network.

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "postato/sdk/http.hpp"

namespace postato::sdk::testing {

/// Answers each call with the next of the scripted answers; when they are used up, the last one is
/// repeated if `repeatLast` was asked for, else the call fails with `Protocol` and is counted by
/// `unscripted`. Thread-safe.
class FakeHttpClient : public HttpClient {
public:
    using Answer = Result<HttpResponse>;

    FakeHttpClient& answer(int status, std::string body, Headers headers = {}) {
        return answer(HttpResponse{status, std::move(headers), std::move(body)});
    }
    FakeHttpClient& answer(Answer answer) {
        const std::lock_guard lock(mutex_);
        answers_.push_back(std::move(answer));
        return *this;
    }
    /// A transport error, as HttpClient defines them: Transient, Ambiguous or Protocol.
    FakeHttpClient& fail(ErrorKind kind) {
        PlatformError error;
        error.kind = kind;
        error.message = "The request failed on its way.";
        error.code = "transport";
        return answer(error);
    }
    FakeHttpClient& repeatLast() {
        const std::lock_guard lock(mutex_);
        repeat_last_ = true;
        return *this;
    }
    /// Answers by a function instead of a script; it may be called by several threads at once.
    FakeHttpClient& answerWith(std::function<Answer(const HttpRequest&)> responder) {
        const std::lock_guard lock(mutex_);
        responder_ = std::move(responder);
        return *this;
    }

    Result<HttpResponse> send(const HttpRequest& request) override {
        std::unique_lock lock(mutex_);
        requests_.push_back(request);
        if (responder_) {
            const auto responder = responder_;
            lock.unlock();
            return responder(request);
        }
        if (answers_.empty()) {
            ++unscripted_;
            PlatformError error;
            error.message = "The test has no answer for this call.";
            error.code = "unscripted";
            return error;
        }
        Answer next = answers_.front();
        if (answers_.size() > 1 || !repeat_last_) answers_.pop_front();
        return next;
    }

    std::vector<HttpRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    /// The n-th request; one that was never sent comes back empty.
    HttpRequest request(std::size_t index) const {
        const std::lock_guard lock(mutex_);
        return index < requests_.size() ? requests_[index] : HttpRequest{"", "", {}, ""};
    }
    std::size_t unscripted() const {
        const std::lock_guard lock(mutex_);
        return unscripted_;
    }

private:
    mutable std::mutex mutex_;
    std::deque<Answer> answers_;
    std::vector<HttpRequest> requests_;
    std::function<Answer(const HttpRequest&)> responder_;
    std::size_t unscripted_ = 0;
    bool repeat_last_ = false;
};

}  // namespace postato::sdk::testing
