#pragma once

/// \file
/// What keeps a data key from being lost with the database's last commits: whoever knows it puts it
/// back, and copies beside the journal know it when no process does.

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/data_keys.hpp"
#include "crypto/key_ring.hpp"
#include "keys/key_copies.hpp"
#include "persistence/data_key_repository.hpp"
#include "persistence/database.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace postato::keys {

/// A key at hand, with its bytes.
struct OpenedCopy {
    KeyCopy key;
    crypto::DataKey bytes;
};

/// What fails is logged, is tried again the next time, and holds up nothing. One thread.
class KeyRescue {
public:
    KeyRescue(persistence::Database& database, Random& random, const Logger& log)
        : database_(database), random_(random), log_(log) {}

    /// Makes the rows of those of `known` that the database of `installation` lacks; their numbers.
    std::set<std::uint32_t> putBack(const std::string& installation,
                                    const std::vector<KeyCopy>& known,
                                    const std::vector<persistence::StoredDataKey>& stored);

    /// Copies lie in `directory` from now on; before it there are none. Once.
    void attach(std::filesystem::path directory) { copies_.emplace(std::move(directory)); }
    /// The copies of keys that the database lacks, as far as `ring` opens them.
    std::vector<OpenedCopy> openLost(const crypto::KeyRing& ring, const std::string& installation,
                                     const std::vector<persistence::StoredDataKey>& stored) const;
    /// Sees to it that there is a copy of each of `known`, as it is wrapped now, and none of a
    /// retired key. To be called before answers are sealed under a key.
    void keepCopies(const std::vector<KeyCopy>& known,
                    const std::vector<persistence::StoredDataKey>& stored);

private:
    void putBackOne(const std::string& installation, const KeyCopy& key);
    void unusable(const std::string& message, const char* advice) const;

    persistence::Database& database_;
    Random& random_;
    const Logger& log_;
    std::optional<KeyCopies> copies_;
    std::map<std::uint32_t, std::string> kept_;  ///< the wrapped texts on the disk
    std::set<std::uint32_t> removed_;
    bool putting_back_fails_ = false;  ///< and said so
    bool copying_fails_ = false;       ///< and said so
};

}  // namespace postato::keys
