#pragma once

/// \file
/// Requests that two readers could frame differently, or that no client of ours sends. Each is
/// refused with its status; what follows it on the connection is never read as a request.

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace postato::http::testing {

struct FramingCase {
    std::string_view name;
    std::string bytes;
    int status;
};

inline std::ostream& operator<<(std::ostream& out, const FramingCase& one) {
    return out << one.name;
}

inline std::string post(std::string_view fields, std::string_view body) {
    return std::string("POST /echo HTTP/1.1\r\nHost: a\r\n")
        .append(fields)
        .append("\r\n")
        .append(body);
}

inline std::string get(std::string_view fields) {
    return std::string("GET /echo HTTP/1.1\r\nHost: a\r\n").append(fields).append("\r\n");
}

inline std::string chunked(std::string_view body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}

/// A head with this request line.
inline std::string line(std::string_view request_line) {
    return std::string(request_line).append("\r\nHost: a\r\n\r\n");
}

inline const std::vector<FramingCase>& refusedCases() {
    using namespace std::string_literals;
    static const std::vector<FramingCase> cases = {
        // Lengths.
        {"cl_then_te", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
         400},
        {"te_then_cl", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
         400},
        {"two_lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400},
        {"two_equal_lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
        {"length_list", post("Content-Length: 5, 5\r\n", "hello"), 400},
        {"length_thousands", post("Content-Length: 1,0\r\n", "hello"), 400},
        {"length_plus", post("Content-Length: +5\r\n", "hello"), 400},
        {"length_minus", post("Content-Length: -5\r\n", "hello"), 400},
        {"length_empty", post("Content-Length:\r\n", ""), 400},
        {"length_words", post("Content-Length: abc\r\n", "hello"), 400},
        {"length_hex", post("Content-Length: 0x5\r\n", "hello"), 400},
        {"length_float", post("Content-Length: 5.0\r\n", "hello"), 400},
        {"length_inner_space", post("Content-Length: 5 5\r\n", "hello"), 400},
        {"length_2_64", post("Content-Length: 18446744073709551616\r\n", "hello"), 400},
        {"length_2_64_less_1", post("Content-Length: 18446744073709551615\r\n", "hello"), 413},
        {"length_2_63", post("Content-Length: 9223372036854775808\r\n", "hello"), 413},
        {"length_space_before_colon", post("Content-Length : 5\r\n", "hello"), 400},
        {"length_tab_before_colon", post("Content-Length\t: 5\r\n", "hello"), 400},
        {"length_encoded_word", post("Content-Length: =?utf-8?Q?5?=\r\n", "hello"), 400},
        {"length_vertical_tab",
         post("Content-Length: \x0b"
              "5\r\n",
              "hello"),
         400},
        {"no_length", post("", ""), 411},
        {"no_length_put", "PUT /echo HTTP/1.1\r\nHost: a\r\n\r\n", 411},
        {"no_length_patch", "PATCH /echo HTTP/1.1\r\nHost: a\r\n\r\n", 411},
        // Transfer-Encoding.
        {"te_xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
        {"te_identity", post("Transfer-Encoding: identity\r\n", ""), 400},
        {"te_gzip_chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
        {"te_identity_chunked", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), 400},
        {"te_chunked_identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400},
        {"te_chunked_chunked", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
        {"te_twice",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        {"te_two_kinds",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400},
        {"te_two_kinds_turned",
         post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        {"te_space_before_colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
        {"te_quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
        {"te_parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), 400},
        {"te_empty", post("Transfer-Encoding:\r\n", "0\r\n\r\n"), 400},
        {"te_comma", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"), 400},
        {"te_trailing_comma", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), 400},
        {"te_vertical_tab",
         post("Transfer-Encoding: \x0b"
              "chunked\r\n",
              "0\r\n\r\n"),
         400},
        {"te_encoded_word", post("Transfer-Encoding: =?UTF-8?Q?chunked?=\r\n", "0\r\n\r\n"), 400},
        {"te_folded", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
        {"te_in_1_0",
         "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"te_on_get", get("Transfer-Encoding: xchunked\r\n"), 400},
        // Chunks.
        {"chunk_size_words", chunked("zz\r\n\r\n"), 400},
        {"chunk_size_hex_prefix", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_minus", chunked("-1\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_plus", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_empty", chunked("\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_inner_space", chunked("5 6\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_leading_space", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_trailing_space", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_overflow", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_size_huge", chunked("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), 413},
        {"chunk_size_many_zeros", chunked(std::string(100, '0') + "5\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_bare_lf", chunked("5\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_bare_cr", chunked("5\rhello\r\n0\r\n\r\n"), 400},
        {"chunk_longer_than_said", chunked("5\r\nhello!\r\n0\r\n\r\n"), 400},
        {"chunk_shorter_than_said", chunked("5\r\nhell\r\n0\r\n\r\n"), 400},
        {"chunk_without_crlf", chunked("5\r\nhello0\r\n\r\n"), 400},
        {"chunk_end_bare_lf", chunked("5\r\nhello\n0\r\n\r\n"), 400},
        {"chunk_extension", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_extension_lf", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_extension_empty", chunked("5;\r\nhello\r\n0\r\n\r\n"), 400},
        {"chunk_last_extension", chunked("0;a=b\r\n\r\n"), 400},
        {"chunk_endless_size_line", chunked("5;" + std::string(4096, 'a')), 400},
        {"trailer", chunked("5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n"), 400},
        {"trailer_length", chunked("0\r\nContent-Length: 5\r\n\r\n"), 400},
        {"trailer_endless", chunked("0\r\nX-Trailer: " + std::string(4096, 'a')), 400},
        {"last_chunk_bare_lf", chunked("0\n\n"), 400},
        // Lines.
        {"bare_lf_everywhere", "GET /echo HTTP/1.1\nHost: a\n\n", 400},
        {"bare_lf_in_field", get("X-A: 1\nX-B: 2\r\n"), 400},
        {"bare_lf_at_end", "GET /echo HTTP/1.1\r\nHost: a\r\n\n", 400},
        {"bare_cr_in_field", get("X-A: 1\rX-B: 2\r\n"), 400},
        {"two_cr", get("X-A: 1\r\r\n"), 400},
        {"fold", get("X-A: 1\r\n 2\r\n"), 400},
        {"fold_tab", get("X-A: 1\r\n\t2\r\n"), 400},
        {"fold_first_line", "GET /echo HTTP/1.1\r\n X-A: 1\r\nHost: a\r\n\r\n", 400},
        {"fold_host", "GET /echo HTTP/1.1\r\nHost:\r\n a\r\n\r\n", 400},
        {"blank_line_first", "\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"space_first", " GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        // Fields.
        {"field_without_colon", get("X-A\r\n"), 400},
        {"field_space_in_name", get("X A: 1\r\n"), 400},
        {"field_space_before_colon", get("X-A : 1\r\n"), 400},
        {"field_empty_name", get(": 1\r\n"), 400},
        {"field_nul_in_name", get("X\0A: 1\r\n"s), 400},
        {"field_nul_in_value",
         get("X-A: 1\0"
             "2\r\n"s),
         400},
        {"field_control_in_value", get("X-A: 1\x01\r\n"), 400},
        {"field_delete_in_value", get("X-A: 1\x7f\r\n"), 400},
        {"field_utf8_name", get("X-\xc3\xa9: 1\r\n"), 400},
        {"host_missing", "GET /echo HTTP/1.1\r\n\r\n", 400},
        {"host_twice", get("Host: b\r\n"), 400},
        {"host_twice_equal", get("Host: a\r\n"), 400},
        {"host_twice_1_0", "GET /echo HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"host_empty", "GET /echo HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"host_list", "GET /echo HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        {"host_user", "GET /echo HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
        {"host_path", "GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"authorization_twice", get("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
        {"cookie_twice", get("Cookie: a=1\r\nCookie: a=2\r\n"), 400},
        {"content_type_twice", get("Content-Type: a/b\r\nContent-Type: c/d\r\n"), 400},
        {"origin_twice", get("Origin: http://a\r\nOrigin: http://b\r\n"), 400},
        {"expect_unknown", post("Content-Length: 5\r\nExpect: 200-ok\r\n", "hello"), 417},
        {"connection_bad_list", get("Connection: @\r\n"), 400},
        // Request line.
        {"method_unknown", line("BREW /echo HTTP/1.1"), 501},
        {"method_lower_case", line("get /echo HTTP/1.1"), 501},
        {"method_trace", line("TRACE /echo HTTP/1.1"), 405},
        {"method_connect", line("CONNECT a:443 HTTP/1.1"), 405},
        {"method_bad", line("G@T /echo HTTP/1.1"), 400},
        {"method_missing", line("/echo HTTP/1.1"), 400},
        {"target_missing", line("GET HTTP/1.1"), 400},
        {"target_two_spaces", line("GET  /echo HTTP/1.1"), 400},
        {"target_tab", line("GET\t/echo HTTP/1.1"), 400},
        {"target_nul", line("GET /ec\0ho HTTP/1.1"s), 400},
        {"target_control", line("GET /ec\x01ho HTTP/1.1"), 400},
        {"target_not_ascii", line("GET /\xc3\xa9 HTTP/1.1"), 400},
        {"target_fragment", line("GET /echo#a HTTP/1.1"), 400},
        {"target_absolute", line("GET http://b/echo HTTP/1.1"), 400},
        {"target_asterisk", line("OPTIONS * HTTP/1.1"), 400},
        {"target_relative", line("GET echo HTTP/1.1"), 400},
        {"extra_words", line("GET /echo HTTP/1.1 more"), 400},
        {"extra_words_middle", line("GET /echo more HTTP/1.1"), 400},
        {"trailing_space", line("GET /echo HTTP/1.1 "), 400},
        {"version_missing", line("GET /echo"), 400},
        {"version_9_9", line("GET /echo HTTP/9.9"), 505},
        {"version_2_0", line("GET /echo HTTP/2.0"), 505},
        {"version_1_2", line("GET /echo HTTP/1.2"), 505},
        {"version_0_9", line("GET /echo HTTP/0.9"), 505},
        {"version_other", line("GET /echo XTTP/1.1"), 400},
        {"version_lower_case", line("GET /echo http/1.1"), 400},
        {"version_long", line("GET /echo HTTP/1.10"), 400},
        {"version_no_dot", line("GET /echo HTTP/11"), 400},
        {"http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"tls_hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
    };
    return cases;
}

}  // namespace postato::http::testing
