#include "http/html.hpp"

namespace postato::http {

std::string escapeHtml(std::string_view text) {
    std::string safe;
    safe.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

std::string page(std::string_view title, std::string_view body_html) {
    std::string text =
        "<!doctype html>\n"
        "<html lang=\"en\">\n"
        "<head>\n"
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>";
    text.append(escapeHtml(title));
    text.append(
        " · Postato</title>\n"
        "<link rel=\"stylesheet\" href=\"/assets/postato.css\">\n"
        "</head>\n"
        "<body class=\"page\">\n"
        "<main class=\"card\">\n");
    text.append(body_html);
    return text.append("\n</main>\n</body>\n</html>\n");
}

}  // namespace postato::http
