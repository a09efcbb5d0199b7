#include "persistence/database.hpp"

#include <atomic>

#include "persistence/database_url.hpp"
#include "persistence/pool.hpp"
#include "persistence/script_session.hpp"

namespace postato::persistence {
namespace {

constexpr int kTries = 3;  ///< of a transaction that the server asked to run again

Error bug(const char* detail) {
    return Error(ErrorCode::Internal, PublicMessage{"Something went wrong"},
                 InternalDetail{detail});
}

constexpr Statement kProbe{"database.probe", "SELECT 1", "i"};

}  // namespace

struct Database::State {
    State(const DatabaseOptions& options, const Clock& machine_clock, bool clock_overrides_server)
        : dialect(dialectOf(options.url)),
          machine(machine_clock),
          clock(clock_overrides_server || dialect == Dialect::Sqlite ? &machine : nullptr),
          pool(options, dialect) {}

    const Dialect dialect;
    const Clock& machine;
    const Clock* const clock;  ///< nullptr: the server's
    SessionPool pool;
    std::atomic<std::uint64_t> statements_run{0};
};

Database::Database(DatabaseOptions options, const Clock& clock, bool clock_overrides_server)
    : state_(std::make_unique<State>(options, clock, clock_overrides_server)) {}

Database::~Database() = default;

Dialect Database::dialect() const noexcept { return state_->dialect; }

std::uint64_t Database::statementsRun() const noexcept { return state_->statements_run; }

void Database::run(Mode mode, const std::function<void(Transaction&)>& work) {
    for (int attempt = 1;; ++attempt) {
        const auto lease = state_->pool.acquire(mode == Mode::Write);
        Session& session = lease->session();
        try {
            Transaction tx(session, state_->machine, state_->clock, state_->dialect,
                           state_->statements_run);
            if (mode == Mode::Read) {
                work(tx);
                if (!tx.endings_.empty()) throw bug("what is only read has no commit");
                return;
            }
            session.begin();
            work(tx);
            for (const auto& [place, ending] : tx.endings_) ending(tx);
            if (tx.doomed_) throw bug("an error inside a transaction was passed over");
            return session.commit();
        } catch (const Error&) {
            if (session.failure() != FailureKind::Retryable || attempt == kTries) throw;
        }
    }
}

bool Database::reachable() noexcept {
    try {
        return read([](Transaction& tx) { return tx.queryOne(kProbe).has_value(); });
    } catch (const std::exception&) {
        return false;
    }
}

std::unique_ptr<Database::ScriptSession> Database::openScriptSession() {
    return std::make_unique<ScriptSession>(state_->pool.makeScriptSession());
}

}  // namespace postato::persistence
