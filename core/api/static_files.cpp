#include "api/static_files.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include "crypto/hashing.hpp"
#include "util/error.hpp"

namespace postato::api {
namespace {

struct PageRow {
    const char* file;
    const char* path;
};
constexpr std::array kPages = {
    PageRow{"accounts.html", "/accounts"}, PageRow{"settings.html", "/settings"},
    PageRow{"sign-in.html", "/sign-in"}, PageRow{"sign-in-link.html", "/sign-in/link"}};

struct TypeRow {
    std::string_view extension;
    std::string_view content_type;
};
constexpr std::array kTypes = {
    TypeRow{".html", "text/html; charset=utf-8"},
    TypeRow{".css", "text/css; charset=utf-8"},
    TypeRow{".js", "text/javascript; charset=utf-8"},
    TypeRow{".svg", "image/svg+xml"},
    TypeRow{".png", "image/png"},
    TypeRow{".ico", "image/vnd.microsoft.icon"},
    TypeRow{".woff2", "font/woff2"},
};

std::string_view contentType(const std::filesystem::path& file) {
    for (const auto& row : kTypes)
        if (file.extension() == row.extension) return row.content_type;
    return {};
}

Error unreadable(const std::filesystem::path& path) {
    return Error(ErrorCode::InvalidArgument,
                 PublicMessage{"The dashboard's files cannot be read: " + path.string()});
}

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string content(std::istreambuf_iterator<char>(stream), {});
    if (!stream.is_open() || stream.bad()) throw unreadable(file);
    return content;
}

}  // namespace

StaticFiles::StaticFiles(const std::filesystem::path& directory) {
    for (const auto& row : kPages) add(row.path, directory / row.file);
    std::error_code error;
    const auto assets = directory / "assets";
    for (const auto& entry : std::filesystem::directory_iterator(assets, error))
        if (entry.is_regular_file() && !contentType(entry.path()).empty())
            add("/assets/" + entry.path().filename().string(), entry.path());
    if (error) throw unreadable(assets);
}

void StaticFiles::add(const std::string& path, const std::filesystem::path& file) {
    StaticFile made;
    made.content_type = contentType(file);
    made.body = contentOf(file);
    made.etag = '"' + crypto::sha256Hex(made.body).substr(0, 32) + '"';
    made.page = file.extension() == ".html";
    files_.emplace(path, std::move(made));
}

const StaticFile* StaticFiles::find(std::string_view path) const {
    const auto at = files_.find(path);
    return at == files_.end() ? nullptr : &at->second;
}

}  // namespace postato::api
