/// \file
/// Bytes as a file of the answer journal: it is read back only when it is what was written, up to
/// the last complete line; otherwise it is nothing, or set aside.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz.hpp"
#include "journal/answer_journal.hpp"
#include "support/data_keys.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_random.hpp"
#include "util/error.hpp"

using namespace postato;
using fuzz::require;
namespace fs = std::filesystem;

namespace {

constexpr char kBody[] = "{\"access_token\":\"token\"}";

struct Fixture {
    Fixture() {
        {
            auto entry = journal.begin(
                {journal::Operation::Refresh, "wks_1", "chirper", "acc_1", "att_1", 3});
            entry.record({fromMillis(1), "POST", "https://chirper.example/", {200, {}, kBody}});
        }
        file = journal.list(journal::Part::Open).front();
        std::ifstream in(file, std::ios::binary);
        written.assign(std::istreambuf_iterator<char>(in), {});
    }

    void write(const std::string& content) const {
        std::ofstream(file, std::ios::binary) << content;
    }

    /// Whether there is an answer in it; it is then the one that was recorded.
    bool answers() {
        try {
            auto entry = journal.resume(file);
            if (!entry) return false;
            require(entry->answers().size() == 1);
            require(entry->answers().front().response.body == kBody);
            require(entry->call().generation == 3);
            return true;
        } catch (const Error& error) {
            require(error.code() == ErrorCode::DecryptFailed);
            return false;
        }
    }

    postato::testing::TemporaryDirectory directory;
    postato::testing::TestRandom random;
    postato::testing::TestDataKeys keys{{1, 'k'}};
    crypto::TokenCipher cipher{"installation", keys, random};
    journal::AnswerJournal journal{directory.path() / "journal", cipher};
    fs::path file;
    std::string written;
};

/// What was written with the input's bytes laid over it.
std::string nearlyWritten(std::string text, std::string_view bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        text[static_cast<unsigned char>(bytes[i]) * 2 % text.size()] ^= bytes[i + 1];
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Fixture fixture;
    const std::string text(fuzz::textOf(data, size));
    for (const auto& content :
         {text, nearlyWritten(fixture.written, text), fixture.written + text}) {
        fixture.write(content);
        // A tail without a line feed is what a crash leaves; it takes nothing from what is before.
        const bool whole = content.starts_with(fixture.written) &&
                           content.find('\n', fixture.written.size()) == std::string::npos;
        require(fixture.answers() == whole);
    }
    return 0;
}
