#pragma once

/// \file
/// Loads built plugins and recorded replies, and names what the test cases look at.

#include <memory>
#include <string>
#include <vector>

#include "postato/oauth2/form.hpp"
#include "postato/sdk/platform.hpp"
#include "postato/sdk/testing/fake_http_client.hpp"

namespace postato::tests {

using PlatformPointer = std::unique_ptr<sdk::Platform, void (*)(sdk::Platform*)>;
using sdk::testing::FakeHttpClient;

/// The descriptor of `<directory>/<name>.so`; the library stays loaded. Throws with dlopen's words.
const sdk::PluginDescriptor& loadPlugin(const std::string& name,
                                        const std::string& directory = POSTATO_PLUGIN_DIRECTORY);

/// A platform with client id "id" and secret "secret".
PlatformPointer makePlatform(const std::string& name, sdk::PlatformConfig config = {});

/// The text of `plugins/<path>`, a recorded reply.
std::string recorded(const std::string& path);

/// That reply as an answer.
sdk::HttpResponse reply(int status, const std::string& path, sdk::Headers headers = {});

sdk::CodeExchange someExchange();
sdk::Credentials someCredentials(std::vector<std::string> scopes = {});

/// A callback's query string, decoded as the host does.
sdk::CallbackParameters callback(const std::string& query);

/// A form or query as sent, taken apart; `url` may also be a whole address.
oauth2::Parameters sentForm(const std::string& text);
oauth2::Parameters sentQuery(const std::string& url);
/// The value of a parameter, or "(absent)".
std::string valueOf(const oauth2::Parameters& parameters, const std::string& name);

/// What came of asking a platform for its next tokens with one answer of the token endpoint.
sdk::PlatformError refreshError(const sdk::Platform& platform, sdk::HttpResponse answer);
sdk::PlatformError exchangeError(const sdk::Platform& platform, sdk::HttpResponse answer);
sdk::PlatformError identifyError(const sdk::Platform& platform, sdk::HttpResponse answer,
                                 const sdk::Credentials& credentials = someCredentials());

}  // namespace postato::tests

namespace postato::sdk {

std::ostream& operator<<(std::ostream& out, ErrorKind kind);
std::ostream& operator<<(std::ostream& out, CallbackOutcome::Kind kind);
std::ostream& operator<<(std::ostream& out, Revocation revocation);
std::ostream& operator<<(std::ostream& out, GrantEnd end);

}  // namespace postato::sdk
