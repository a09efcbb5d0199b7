#include "app/composition.hpp"

#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "accounts/account_service.hpp"
#include "accounts/account_writer.hpp"
#include "accounts/api_key_service.hpp"
#include "accounts/connect_link_service.hpp"
#include "accounts/connection_service.hpp"
#include "accounts/housekeeper.hpp"
#include "accounts/journal_replay.hpp"
#include "accounts/refresh_on_demand.hpp"
#include "accounts/resealer.hpp"
#include "accounts/revocation_queue.hpp"
#include "accounts/sign_in_service.hpp"
#include "accounts/workers.hpp"
#include "api/dispatcher.hpp"
#include "api/readiness.hpp"
#include "api/services.hpp"
#include "api/static_files.hpp"
#include "app/database_setup.hpp"
#include "app/gauges.hpp"
#include "app/platform_setup.hpp"
#include "crypto/system_random.hpp"
#include "http/server.hpp"
#include "journal/journal_identity.hpp"
#include "keys/data_key_custodian.hpp"
#include "keys/key_loading.hpp"
#include "metrics/metrics.hpp"
#include "net/platform_http_client.hpp"
#include "persistence/durability.hpp"
#include "util/error.hpp"
#include "util/host_name.hpp"

namespace postato::app {
namespace {

constexpr std::chrono::milliseconds kNotReadyFirst{500};  ///< for load balancers to notice
constexpr std::chrono::milliseconds kKeyPulse{2'000};
constexpr std::chrono::milliseconds kResealPulse{1'000};  ///< the unit of the configured rate
constexpr std::size_t kKeySessions = 2;
constexpr std::chrono::milliseconds kDrain{30'000};  ///< longer than a code exchange may take

/// Names this process in leases, so that an operator can tell who holds one.
std::string leaseOwner(Random& random) {
    return hostName() + ":" + std::to_string(::getpid()) + ":" +
           std::to_string(random.below(1'000'000));
}

/// Wrong keys are found while the database is still as it was. The installation's id.
std::string prepareDatabase(persistence::Database& database, persistence::Migrator& migrator,
                            std::shared_ptr<const crypto::KeyRing> ring,
                            keys::DataKeyCustodian& custodian, const Logger& log) {
    const auto state = migrator.state();
    refuseNewerSchema(state);
    if (state != persistence::SchemaState::Empty) keys::checkKeyRing(database, *ring);
    for (const auto& name : migrator.run()) log.info("schema.migrated", {{"name", name}});
    return custodian.open(std::move(ring)).str();
}

keys::CustodyPolicy custodyPolicy(const Config& config) {
    keys::CustodyPolicy policy;
    policy.seals_per_key = config.encryption.seals_per_key;
    return policy;
}

accounts::ResealPolicy resealPolicy(const Config& config) {
    accounts::ResealPolicy policy;
    policy.per_second = config.encryption.reseal_per_second;
    return policy;
}

net::OutboundOptions outboundOptions(const Config& config) {
    net::OutboundOptions options;
    if (config.ca_file) options.ca_file = config.ca_file->string();
    options.plain_origins = plainOrigins(config);
    return options;
}

accounts::RefreshPolicy refreshPolicy(const Config& config) {
    accounts::RefreshPolicy policy;
    policy.confirm_after = config.refresh.confirm_after;
    policy.lease = 2 * config.refresh.deadline;
    policy.doubt_quarantine = config.refresh.quarantine;
    // SQLite is for one process: no other can hold an answer that it lacks.
    const bool alone = sqliteFile(config.database.url).has_value();
    policy.calm = alone ? std::chrono::milliseconds(0) : policy.doubt_quarantine / 10;
    return policy;
}

accounts::HousekeepingPolicy housekeepingPolicy(const Config& config) {
    accounts::HousekeepingPolicy policy;
    policy.keep_answers = config.refresh.keep_answers;
    return policy;
}

accounts::ConnectionPolicy connectionPolicy(const Config& config) {
    accounts::ConnectionPolicy policy;
    policy.public_url = config.server.public_url;
    return policy;
}

accounts::WorkerPolicy workerPolicy(const Config& config) {
    accounts::WorkerPolicy policy;
    policy.refreshes_per_platform = config.refresh.per_platform;
    return policy;
}

http::ServerOptions serverOptions(const Config& config) {
    http::ServerOptions options;
    options.host = config.server.host;
    options.port = config.server.port;
    options.workers = config.server.workers;
    options.outbound_workers = config.server.outbound_workers;
    options.max_connections_per_address = config.server.connections_per_address;
    options.trusted_proxies = config.server.trusted_proxies;
    return options;
}

http::Handlers handlers(api::Dispatcher& dispatcher, metrics::Metrics& metrics, const Logger& log) {
    http::Handlers handlers;
    handlers.handle = [&](const http::Request& request) { return dispatcher.dispatch(request); };
    handlers.handle_inline = [&](const http::Request& request) {
        return dispatcher.answerInline(request);
    };
    handlers.place = [&](std::string_view method, std::string_view path) {
        return dispatcher.place(method, path);
    };
    handlers.access_log = [&](const http::RequestSummary& summary) {
        metrics.requestAnswered(summary.method, summary.route, summary.status, summary.duration);
        log.info("http.request", {{"method", summary.method},
                                  {"route", summary.route},
                                  {"status", summary.status},
                                  {"durationUs", std::int64_t{summary.duration.count()}},
                                  {"requestId", summary.request_id}});
    };
    return handlers;
}

}  // namespace

/// Members are made in this order and destroyed in the opposite one; each needs those above it.
class Composition::Parts {
public:
    Parts(const Config& config, const platforms::LoadedDirectory& plugins,
          const keys::RingSource& ring_source)
        : log_(clock_, STDERR_FILENO, config.log_level),
          registry_(makeRegistry(config, plugins, log_)),
          static_files_(config.server.dashboard_directory),
          metrics_(POSTATO_VERSION),
          key_ring_(ring_source()),
          outbound_(outboundOptions(config), resolver_, log_),
          server_(serverOptions(config), handlers(dispatcher_, metrics_, log_), clock_, random_,
                  log_),
          lock_(lockDatabase(config)),
          database_(makeDatabase(config, clock_)),
          migrator_(makeMigrator(config, *database_, clock_)),
          key_database_(makeDatabase(config, clock_, kKeySessions)),
          custodian_(*database_, *key_database_, ring_source, clock_, random_, log_,
                     custodyPolicy(config)),
          cipher_(prepareDatabase(*database_, migrator_, std::move(key_ring_), custodian_, log_),
                  custodian_.keys(), random_),
          gateway_{.registry = registry_,
                   .http = [this](auto deadline) { return outbound_.client(deadline); },
                   .refresh_deadline = config.refresh.deadline},
          owner_(leaseOwner(random_)),
          vault_(cipher_),
          journal_(config.server.state_directory / "journal", cipher_),
          schedule_(random_, refreshPolicy(config)),
          revocations_(*database_, gateway_, vault_, random_, log_, owner_, {}),
          breakers_(*database_, steady_clock_, random_, log_, {}),
          settlement_(*database_, vault_, revocations_, breakers_, schedule_, random_, log_,
                      refreshPolicy(config)),
          refresher_(*database_, gateway_, vault_, journal_, breakers_, settlement_, clock_,
                     random_, log_, owner_, refreshPolicy(config)),
          refresh_on_demand_(*database_, gateway_, vault_, refresher_, refreshPolicy(config)),
          writer_(gateway_, vault_, schedule_, revocations_, random_),
          connections_(*database_, gateway_, vault_, journal_, writer_, revocations_, random_, log_,
                       connectionPolicy(config)),
          replay_(*database_, gateway_, vault_, journal_, settlement_, connections_, log_),
          settling_(*database_, replay_, refresher_.gate(), log_,
                    config.server.state_directory / "journal" / "settled-with"),
          connect_links_(*database_, gateway_, connections_, random_, config.server.public_url),
          accounts_(*database_, gateway_, vault_, journal_, refresh_on_demand_, revocations_,
                    random_, log_),
          sign_in_(*database_, random_, {}),
          api_keys_(*database_, random_),
          housekeeper_(*database_, gateway_, vault_, journal_, revocations_, breakers_, random_,
                       log_, housekeepingPolicy(config)),
          resealer_(*database_, vault_, custodian_.keys(), log_, resealPolicy(config)),
          readiness_(*database_, migrator_, journal_,
                     [this] { return custodian_.complete() && refresher_.gate().hasOpened(); }),
          services_{*database_,
                    accounts_,
                    connections_,
                    connect_links_,
                    refresh_on_demand_,
                    sign_in_,
                    api_keys_,
                    gateway_,
                    breakers_,
                    static_files_,
                    readiness_,
                    metrics_,
                    random_,
                    clock_,
                    log_,
                    {.public_url = config.server.public_url,
                     .return_origins = config.return_origins,
                     .metrics_token = config.metrics_token}},
          dispatcher_(services_),
          workers_(gateway_, refresher_, settling_, revocations_, housekeeper_, log_,
                   workerPolicy(config), keyChores()) {
        const auto journal = config.server.state_directory / "journal";
        custodian_.attach(journal_, journal::identify(journal, clock_.now(), random_), hostName());
        refresher_.onEnd([this](const std::string& platform, const std::string& reason) {
            metrics_.refreshEnded(platform, reason);
        });
        addGauges(metrics_, *database_, breakers_, custodian_, refresher_.gate(), journal);
    }

    /// Handlers must not outlive what they call.
    ~Parts() { server_.stop(std::chrono::milliseconds(0)); }

    void start() {
        for (const auto& setting : persistence::unsafeSettings(*database_))
            log_.warning("database.unsafe", {{"setting", setting}, {"value", "off"}});
        server_.start();
        workers_.start();
        log_.info("service.ready",
                  {{"port", int{server_.port()}}, {"publicUrl", services_.options.public_url}});
    }

    void stop() {
        readiness_.drain();
        log_.info("service.stopping");
        workers_.requestStop();
        refresh_on_demand_.stopWaiting();
        server_.stop(waitNotReady() ? kDrain : std::chrono::milliseconds(0));
        if (const auto refreshes = workers_.refreshesUnderWay(); refreshes > 0)
            log_.info("service.finishing", {{"refreshes", static_cast<std::int64_t>(refreshes)}});
        workers_.finishRefreshes();
        {
            const std::lock_guard lock(hurry_mutex_);
            refreshed_ = true;
            if (hurried_) endNow();
        }
        workers_.stop();
        custodian_.close();
        log_.info("service.stopped");
    }

    void hurry() {
        {
            const std::lock_guard lock(hurry_mutex_);
            hurried_ = true;
            if (refreshed_) endNow();
        }
        hurry_changed_.notify_all();
        server_.stop(std::chrono::milliseconds(0));
    }

private:
    std::vector<accounts::Chore> keyChores() {
        return {{"keys", kKeyPulse, [this] { custodian_.keepUp(); }},
                {"reseal", kResealPulse, [this] { metrics_.sealedAnew(resealer_.runShare()); }}};
    }

    /// False when somebody is in a hurry.
    bool waitNotReady() {
        std::unique_lock lock(hurry_mutex_);
        return !hurry_changed_.wait_for(lock, kNotReadyFirst, [this] { return hurried_; });
    }

    /// What is left can be done again: revocations and the sweeping.
    [[noreturn]] void endNow() {
        log_.info("service.stopped", {{"hurried", true}});
        std::_Exit(EXIT_SUCCESS);
    }

    SystemClock clock_;
    RunningClock steady_clock_{clock_.now(), clock_};
    crypto::SystemRandom random_;
    Logger log_;
    platforms::PlatformRegistry registry_;
    api::StaticFiles static_files_;
    metrics::Metrics metrics_;
    /// Read early: a wrong one is the likeliest mistake. From the start on the custodian has it,
    /// and drops it when it reads another.
    std::shared_ptr<const crypto::KeyRing> key_ring_;
    net::SystemResolver resolver_;
    net::Outbound outbound_;
    http::Server server_;  ///< early, so that a port in use is noticed early; runs from `start` on
    std::unique_ptr<ProcessLock> lock_;
    std::unique_ptr<persistence::Database> database_;
    persistence::Migrator migrator_;
    std::unique_ptr<persistence::Database> key_database_;
    keys::DataKeyCustodian custodian_;
    crypto::TokenCipher cipher_;
    accounts::PlatformGateway gateway_;
    std::string owner_;
    accounts::TokenVault vault_;
    journal::AnswerJournal journal_;
    accounts::RefreshSchedule schedule_;
    accounts::RevocationQueue revocations_;
    accounts::PlatformBreakers breakers_;
    accounts::RefreshSettlement settlement_;
    accounts::TokenRefresher refresher_;
    accounts::RefreshOnDemand refresh_on_demand_;
    accounts::AccountWriter writer_;
    accounts::ConnectionService connections_;
    accounts::JournalReplay replay_;
    accounts::JournalSettling settling_;
    accounts::ConnectLinkService connect_links_;
    accounts::AccountService accounts_;
    accounts::SignInService sign_in_;
    accounts::ApiKeyService api_keys_;
    accounts::Housekeeper housekeeper_;
    accounts::Resealer resealer_;
    api::Readiness readiness_;
    api::Services services_;
    api::Dispatcher dispatcher_;
    accounts::Workers workers_;

    std::mutex hurry_mutex_;
    std::condition_variable hurry_changed_;
    bool hurried_ = false;
    bool refreshed_ = false;
};

Composition::Composition(const Config& config, const platforms::LoadedDirectory& plugins,
                         const keys::RingSource& ring_source)
    : parts_(std::make_unique<Parts>(config, plugins, ring_source)) {}

Composition::~Composition() = default;

void Composition::start() { parts_->start(); }

void Composition::stop() { parts_->stop(); }

void Composition::hurry() { parts_->hurry(); }

}  // namespace postato::app
