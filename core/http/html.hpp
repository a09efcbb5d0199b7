#pragma once

/// \file
/// The few pages that the service writes itself. No script and no style stands inside a page: the
/// content security policy forbids both.

#include <string>
#include <string_view>

namespace postato::http {

/// Makes text safe inside an element and inside a quoted attribute.
std::string escapeHtml(std::string_view text);

/// A whole page around `body_html`, which is HTML already; `title` is plain text. The look comes
/// from `/assets/postato.css`.
std::string page(std::string_view title, std::string_view body_html);

}  // namespace postato::http
