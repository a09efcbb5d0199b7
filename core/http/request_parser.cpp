#include "http/request_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <utility>

#include "http/request_checks.hpp"

namespace postato::http {
namespace {

namespace beast = boost::beast;
using BeastParser = beast::http::basic_parser<true>;

// More than any sensible chunk size and its line ends; extensions are refused anyway.
constexpr std::size_t kMostChunkFraming = 32;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

/// "METHOD target HTTP/d.d": a version that is well formed, though not ours.
bool saysHttpVersion(std::string_view head) {
    const auto line = head.substr(0, head.find("\r\n"));
    if (std::count(line.begin(), line.end(), ' ') != 2) return false;
    const auto last = line.substr(line.rfind(' ') + 1);
    const auto digit = [&](std::size_t at) { return last[at] >= '0' && last[at] <= '9'; };
    return last.size() == 8 && last.starts_with("HTTP/") && digit(5) && last[6] == '.' && digit(7);
}

enum class ChunkFraming { Incomplete = 1, Whole, Refused };

/// Looks at what stands between the data of two chunks. Beast gets it in one piece only: it looks
/// for the end without a limit, and a last chunk in pieces fails an assertion in it. A last chunk
/// must end at once: trailers are refused here.
ChunkFraming chunkFraming(std::string_view rest, bool first_chunk) {
    const std::size_t size_at = first_chunk ? 0 : 2;  // the line end of the chunk before
    const auto line_end = rest.find("\r\n", size_at);
    if (line_end == std::string_view::npos)
        return rest.size() > kMostChunkFraming ? ChunkFraming::Refused : ChunkFraming::Incomplete;
    if (line_end > kMostChunkFraming) return ChunkFraming::Refused;
    const auto size = rest.substr(size_at, line_end - size_at);
    const bool last = !size.empty() && size.find_first_not_of('0') == std::string_view::npos;
    if (!last) return ChunkFraming::Whole;
    const auto end = rest.substr(line_end + 2, 2);
    if (!std::string_view("\r\n").starts_with(end)) return ChunkFraming::Refused;
    return end.size() == 2 ? ChunkFraming::Whole : ChunkFraming::Incomplete;
}

}  // namespace

/// Receives what Beast recognises. Errors that are ours are told to Beast as bad_value; `status_`
/// keeps the answer.
class RequestParser::Machine final : private BeastParser {
public:
    explicit Machine(const HeadLimits& limits) : limits_(limits), raw_head_(limits) {
        header_limit(static_cast<std::uint32_t>(limits.head_bytes));
        body_limit(std::numeric_limits<std::uint64_t>::max());  // limitBody decides, with the route
    }

    Progress advance(std::string& buffer) {
        if (status_ != 0) return Progress::Refused;
        if (!head_done_) return advanceHead(buffer);
        return advanceBody(buffer);
    }

    bool limitBody(std::size_t bytes) {
        most_body_bytes_ = bytes;
        const auto announced = content_length();
        if (announced && *announced > bytes) status_ = 413;
        return status_ == 0;
    }

    bool headDone() const { return head_done_; }
    bool expectsContinue() const {
        return http_1_1_ && hasBody() && request_.header("expect") != nullptr;
    }
    bool keepAlive() const { return head_done_ && keep_alive(); }
    bool http10() const { return head_done_ && !http_1_1_; }
    bool hasBody() const { return head_done_ && (chunked() || content_length().value_or(0) > 0); }
    const Request& request() const { return request_; }
    Request take() { return std::move(request_); }
    int refusal() const { return status_; }

private:
    Progress refuse(int status) {
        status_ = status;
        return Progress::Refused;
    }

    Progress advanceHead(std::string& buffer) {
        if (const int status = raw_head_.scan(buffer)) return refuse(status);
        const auto size = raw_head_.size();
        if (size == 0) return Progress::NeedMore;
        beast::error_code error;
        const auto used = put(boost::asio::const_buffer(buffer.data(), size), error);
        if (error == beast::http::error::bad_version && saysHttpVersion(buffer)) return refuse(505);
        if (error || used != size || !is_header_done()) return refuse(400);
        if (target_.size() > limits_.target_bytes) return refuse(414);
        const HeadFacts facts{target_, http_1_1_, fields_};
        if (const int status = checkHead(request_.method, facts)) return refuse(status);
        buffer.erase(0, size);
        finishHead();
        return Progress::HeadDone;
    }

    void finishHead() {
        const auto question = target_.find('?');
        request_.path = target_.substr(0, question);
        if (question != std::string::npos) request_.query = target_.substr(question + 1);
        for (const auto& [name, value] : fields_) {
            const auto* earlier = request_.headers.find(name);
            request_.headers.set(name, earlier == nullptr ? value : *earlier + ", " + value);
        }
        head_done_ = true;
    }

    Progress advanceBody(std::string& buffer) {
        std::size_t used = 0;
        while (!is_done()) {
            const auto rest = std::string_view(buffer).substr(used);
            if (rest.empty()) break;
            if (chunked() && chunk_left_ == 0) {
                const auto framing = chunkFraming(rest, first_chunk_);
                if (framing == ChunkFraming::Refused) return refuse(400);
                if (framing == ChunkFraming::Incomplete) break;
            }
            beast::error_code error;
            used += put(boost::asio::const_buffer(rest.data(), rest.size()), error);
            if (error) return refuse(status_ != 0 ? status_ : 400);
        }
        buffer.erase(0, used);
        return is_done() ? Progress::Complete : Progress::NeedMore;
    }

    void fail(int status, beast::error_code& error) {
        status_ = status;
        error = beast::http::error::bad_value;
    }

    std::size_t append(beast::string_view data, beast::error_code& error) {
        if (data.size() > most_body_bytes_ - request_.body.size())
            fail(413, error);
        else
            request_.body.append(data.data(), data.size());
        return data.size();
    }

    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                         int version, beast::error_code&) override {
        request_.method = view(method);
        target_ = view(target);
        http_1_1_ = version == 11;
    }
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                       beast::error_code&) override {
        fields_.add(view(name), view(value));
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                           beast::error_code&) override {
        if (length) request_.body.reserve(static_cast<std::size_t>(*length));
    }
    std::size_t on_body_impl(beast::string_view data, beast::error_code& error) override {
        return append(data, error);
    }
    void on_chunk_header_impl(std::uint64_t size, beast::string_view extensions,
                              beast::error_code& error) override {
        if (!extensions.empty()) return fail(400, error);
        if (size > most_body_bytes_ - request_.body.size()) fail(413, error);
        chunk_left_ = size;
        first_chunk_ = false;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view data,
                                   beast::error_code& error) override {
        chunk_left_ -= data.size();
        return append(data, error);
    }
    void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
    void on_header_impl(beast::error_code&) override {}
    void on_finish_impl(beast::error_code&) override {}

    HeadLimits limits_;
    RawHead raw_head_;
    Request request_;
    std::string target_;
    Headers fields_;
    std::size_t most_body_bytes_ = 0;
    int status_ = 0;
    bool http_1_1_ = true;
    bool head_done_ = false;
    std::uint64_t chunk_left_ = 0;
    bool first_chunk_ = true;
};

RequestParser::RequestParser(const HeadLimits& limits) : limits_(limits) { reset(); }
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

RequestParser::Progress RequestParser::advance(std::string& buffer) {
    return machine_->advance(buffer);
}
bool RequestParser::limitBody(std::size_t bytes) { return machine_->limitBody(bytes); }
bool RequestParser::headDone() const { return machine_->headDone(); }
bool RequestParser::expectsContinue() const { return machine_->expectsContinue(); }
bool RequestParser::keepAlive() const { return machine_->keepAlive(); }
bool RequestParser::http10() const { return machine_->http10(); }
bool RequestParser::hasBody() const { return machine_->hasBody(); }
std::size_t RequestParser::bodyBytes() const { return machine_->request().body.size(); }
const Request& RequestParser::request() const { return machine_->request(); }
Request RequestParser::take() { return machine_->take(); }
int RequestParser::refusal() const { return machine_->refusal(); }
void RequestParser::reset() { machine_ = std::make_unique<Machine>(limits_); }

}  // namespace postato::http
