#pragma once

/// \file
/// A journal in a directory of its own.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/system_random.hpp"
#include "journal/answer_journal.hpp"
#include "support/data_keys.hpp"
#include "support/temporary_directory.hpp"

namespace postato::journal::testing {

struct JournalWorld {
    static Call refreshOf(const std::string& account, const std::string& attempt = "att_1") {
        return {Operation::Refresh, "wks_1", "chirper", account, attempt, 3};
    }

    static Answer answer(const std::string& body) {
        return {fromMillis(1'790'000'000'123),
                "POST",
                "https://chirper.example/token",
                {200, {{"Content-Type", "application/json"}}, body}};
    }

    std::string content(const std::filesystem::path& file) const {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::size_t count(Part part) { return journal().list(part).size(); }
    /// As another process on the same directory has one.
    AnswerJournal journal() const { return AnswerJournal(directory, cipher); }

    postato::testing::TemporaryDirectory place;
    std::filesystem::path directory = place.path() / "journal";
    crypto::SystemRandom random;
    postato::testing::TestDataKeys keys{{1, 'a'}};
    crypto::TokenCipher cipher{"ins_1", keys, random};
};

}  // namespace postato::journal::testing
