#pragma once

/// \file
/// A string that must not leak: tokens, codes, verifiers, client secrets.

#include <string>
#include <string_view>
#include <utility>

namespace postato::sdk {

/// Owns secret text and wipes it when it is destroyed or replaced. It has no stream operator and no
/// implicit conversion, so it cannot reach a log line or an exception by accident: `reveal()` is
/// the one way in, and easy to search for. Not thread-safe, as a std::string is not.
class Secret {
public:
    Secret() = default;
    explicit Secret(const std::string& text) : text_(text) {}
    explicit Secret(std::string&& text) : text_(std::move(text)) { wipe(text); }
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Secret& operator=(const Secret& other) {
        if (this != &other) {
            wipe();
            text_ = other.text_;
        }
        return *this;
    }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            wipe();
            text_ = std::move(other.text_);
            other.wipe();
        }
        return *this;
    }
    ~Secret() { wipe(); }

    /// The secret itself; the view ends with this object.
    std::string_view reveal() const noexcept { return text_; }
    bool empty() const noexcept { return text_.empty(); }
    std::size_t size() const noexcept { return text_.size(); }

private:
    void wipe() noexcept { wipe(text_); }
    /// A short text is copied when it is moved, so what was moved from is not empty in memory.
    static void wipe(std::string& text) noexcept {
        text.resize(text.capacity());  // allocates nothing
        // Writing through a volatile pointer is what keeps the compiler from dropping dead stores.
        volatile char* bytes = text.data();
        for (std::size_t i = 0; i < text.size(); ++i) bytes[i] = 0;
        text.clear();
    }

    std::string text_;
};

}  // namespace postato::sdk
