#include "pages/pages.hpp"
#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1c1e21; background: #f2f3f5; }
header { background: var(--brand); color: #fff; padding: 14px 20px; display: flex;
  justify-content: space-between; align-items: center; }
header b { font-size: 20px; }
header span { background: #fff; color: #1c1e21; border-radius: 99px; padding: 2px 12px;
  font-size: 14px; font-weight: 600; }
main { max-width: 560px; margin: 24px auto; padding: 24px; background: #fff; border-radius: 12px;
  box-shadow: 0 1px 4px rgba(0, 0, 0, .15); }
main.wide { max-width: 900px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; overflow-wrap: anywhere; }
.hint { color: #4b4f56; font-size: 14px; }
.notice { border-left: 4px solid #b3261e; padding: 8px 12px; background: #fdecea; }
fieldset { border: 0; margin: 20px 0 0; padding: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: 8px; }
.person { border: 1px solid #ccd0d5; border-radius: 10px; margin-bottom: 8px; }
.person:has(input[type=radio]:checked) { border-color: var(--brand);
  box-shadow: 0 0 0 1px var(--brand); }
.card { display: flex; align-items: center; gap: 12px; padding: 10px 12px; cursor: pointer; }
.card small { display: block; color: #4b4f56; }
.avatar { width: 40px; height: 40px; border-radius: 50%; background: var(--brand); color: #fff;
  display: grid; place-items: center; font-weight: 600; flex: none; }
.channels { margin: 0 12px 12px 44px; font-size: 15px; }
.channels legend { font-weight: 400; color: #4b4f56; font-size: 14px; margin: 0; }
@supports selector(:has(*)) {
  .channels { display: none; }
  .person:has(input[type=radio]:checked) .channels { display: block; }
}
.channels label, .scope { display: flex; gap: 10px; align-items: baseline; padding: 4px 0; }
ul.scopes { margin: 0; padding-left: 20px; }
code { font-size: 13px; color: #4b4f56; overflow-wrap: anywhere; }
.scope code, .scopes code { display: block; }
.actions { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
button { font: inherit; font-weight: 600; padding: 10px 24px; border-radius: 8px; cursor: pointer;
  border: 1px solid #8d949e; background: #fff; color: #1c1e21; }
#allow { background: var(--brand); border-color: var(--brand); color: #fff; flex: 1 1 160px; }
:focus-visible { outline: 3px solid #1a73e8; outline-offset: 2px; }
pre { overflow-x: auto; background: #f2f3f5; padding: 12px; border-radius: 8px; font-size: 13px; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: 6px 12px 6px 0;
  border-bottom: 1px solid #e4e6eb; font-size: 15px; }
@media (max-width: 600px) { main { margin: 0; border-radius: 0; padding: 16px; } }
)css";

}  // namespace

std::string page(std::string_view title, std::string_view brand, std::string_view colour,
                 std::string_view body) {
    std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    out += escapeHtml(title);
    out += "</title>\n<style>:root { --brand: ";
    out += colour;
    out += "; }";
    out += kStyle;
    out += "</style>\n</head>\n<body>\n<header><b>";
    out += escapeHtml(brand);
    out += "</b><span>Sandbox</span></header>\n";
    out += body;
    out += "\n</body>\n</html>\n";
    return out;
}

std::string errorPage(const PlatformFacts& facts, std::string_view title, std::string_view detail) {
    std::string body = "<main data-testid=\"error\"><h1 id=\"error-title\">";
    body += escapeHtml(title) + "</h1>\n<p id=\"error-detail\">" + escapeHtml(detail);
    body += "</p>\n<p class=\"hint\">This is the sandbox's page for " + escapeHtml(facts.name);
    body += ". As at the real platform, the app is not told.</p></main>";
    return page(std::string(title) + " · " + facts.name + " sandbox", facts.name, facts.colour,
                body);
}

}  // namespace postato::sandbox
