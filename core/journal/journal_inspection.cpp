#include "journal/journal_inspection.hpp"

#include "journal/journal_file.hpp"
#include "journal/journal_format.hpp"
#include "journal/journal_places.hpp"

namespace postato::journal {
namespace {

namespace fs = std::filesystem;

enum class Seal { Opened = 1, NoAnswer, Broken };

Seal check(const fs::path& file, const crypto::TokenCipher& cipher) {
    try {
        const auto lines = JournalFile::peek(file);
        if (!lines || lines->size() < 2) return Seal::NoAnswer;  // settled meanwhile, or none yet
        const auto& head = lines->front();
        const auto call = readHead(head);
        for (std::size_t i = 1; i < lines->size(); ++i)
            openAnswer(cipher, call, head, i - 1, (*lines)[i]);
        return Seal::Opened;
    } catch (const std::exception&) {
        return Seal::Broken;
    }
}

}  // namespace

JournalStock takeStock(const fs::path& directory) {
    const auto count = [&](Part part) {
        return isThere(directory, part) ? filesIn(directory, part).size() : 0;
    };
    return {
        .open = count(Part::Open), .settled = count(Part::Settled), .unread = count(Part::Unread)};
}

JournalSeals checkSeals(const fs::path& directory, const crypto::TokenCipher& cipher) {
    JournalSeals seals;
    for (const auto part : kParts) {
        if (!isThere(directory, part)) continue;
        for (const auto& file : filesIn(directory, part)) {
            const auto seal = check(file.path(), cipher);
            if (seal == Seal::Opened) ++seals.opened;
            if (seal == Seal::Broken) seals.failures.push_back(file.path().filename().string());
        }
    }
    return seals;
}

}  // namespace postato::journal
