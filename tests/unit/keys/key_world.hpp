#pragma once

/// \file
/// Several processes of one installation, as far as keys are concerned.

#include <memory>
#include <stdexcept>
#include <string>

#include "crypto/token_cipher.hpp"
#include "journal/answer_journal.hpp"
#include "keys/data_key_custodian.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_database.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"

namespace postato::keys::testing {

inline const audit::Actor kOperator{"operator", "root@here"};

using Ring = std::shared_ptr<const crypto::KeyRing>;

/// The file of a key ring, in a manner of speaking: what a process reads when it asks.
struct RingPlace {
    Ring ring;
    bool unreadable = false;
    RingSource source() {
        return [this] {
            if (unreadable) throw Error(ErrorCode::InvalidArgument, PublicMessage{"is cut short"});
            return ring;
        };
    }
};

class Process;

struct KeyWorld {
    explicit KeyWorld(const postato::testing::Backend& backend);

    /// A copy that can be changed without changing what was handed out.
    crypto::KeyRing copyOfRing() const;
    std::unique_ptr<Process> start();

    template <class Work>
    auto write(Work&& work) {
        return db->write(std::forward<Work>(work));
    }
    std::vector<persistence::StoredDataKey> stored();
    /// How many lines the processes have logged of this event.
    std::size_t logged(const std::string& event) const;
    /// A pending revocation whose credentials are `sealed`.
    void insertText(const std::string& sealed);

    postato::testing::TestDatabase db;
    postato::testing::TemporaryDirectory directory;
    Descriptor log_file;
    Logger log;
    RingPlace place;
    CustodyPolicy policy{.read_ring_again = std::chrono::milliseconds(0),
                         .search_journal = std::chrono::milliseconds(0)};

private:
    int started_ = 0;
};

/// A service on a machine of its own: with a database pool, a cipher, and a journal.
class Process {
public:
    Process(KeyWorld& world, const std::string& name);

    std::string seal(const std::string& text) { return cipher->seal(context, sdk::Secret(text)); }
    std::string open(const std::string& sealed) {
        return std::string(cipher->open(context, sealed).reveal());
    }
    std::uint32_t active() const { return custodian.keys().active()->id(); }

    const crypto::SealContext context{"wks_1", "revocations", "rev_1", "credentials_sealed", 0};
    std::unique_ptr<persistence::Database> database;
    std::unique_ptr<persistence::Database> aside;
    DataKeyCustodian custodian;
    std::unique_ptr<crypto::TokenCipher> cipher;
    std::unique_ptr<journal::AnswerJournal> journal;

    /// An answer about `acc_1`, in the journal.
    journal::JournalEntry keepAnswer();
};

/// What `postato key rotate` does; the new key.
std::int64_t replace(KeyWorld& world);
/// What `postato key retire` does.
void retire(KeyWorld& world, std::int64_t id, const std::vector<std::string>& forgotten = {});

/// The database's keys as a standby has them that lacked the last commits.
void loseKeyTwo(KeyWorld& world);

/// The data keys under a new key of the ring; the ring that has it.
Ring rewrapUnderNewRingKey(KeyWorld& world);
/// The same, and another data key after that.
Ring replaceUnderNewRingKey(KeyWorld& world);

/// Of the Error that the call must throw.
template <class Call>
ErrorCode codeOf(const Call& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.code();
    }
    throw std::logic_error("nothing was thrown");
}

}  // namespace postato::keys::testing
