#include "journal/journal_clients.hpp"

#include "util/error.hpp"
#include "util/kill_point.hpp"

namespace postato::journal {

sdk::Result<sdk::HttpResponse> RecordingClient::send(const sdk::HttpRequest& request) {
    auto result = network_.send(request);
    if (result && result.value().status / 100 == 2)
        return recorded(request, std::move(result.value()));
    return result;
}

sdk::Result<sdk::HttpResponse> RecordingClient::recorded(const sdk::HttpRequest& request,
                                                         sdk::HttpResponse response) {
    POSTATO_KILL_POINT("K5");
    received_at_ = clock_.now();
    try {
        entry_.record({*received_at_, request.method, addressOf(request.url), response});
    } catch (const std::exception& error) {
        // The answer is handed on whatever happens here: nobody else has it.
        const auto* ours = dynamic_cast<const Error*>(&error);
        log_.error("journal.write_failed",
                   {{"subject", entry_.call().subject},
                    {"platform", entry_.call().platform},
                    {"message", ours != nullptr ? ours->message() : "out of memory"}});
    }
    POSTATO_KILL_POINT("K6");
    return response;
}

sdk::Result<sdk::HttpResponse> ReplayingClient::send(const sdk::HttpRequest& request) {
    const auto& answers = entry_.answers();
    if (next_ < answers.size() && answers[next_].method == request.method &&
        answers[next_].address == addressOf(request.url))
        return answers[next_++].response;
    sdk::PlatformError error;
    error.kind = sdk::ErrorKind::Transient;
    error.code = "not_recorded";
    error.message = "The journal holds no answer to this request";
    return error;
}

}  // namespace postato::journal
