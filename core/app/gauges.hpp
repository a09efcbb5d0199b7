#pragma once

/// \file
/// What the metrics say of the installation's state: read when somebody asks.

#include <filesystem>

namespace postato::persistence {
class Database;
}
namespace postato::accounts {
class ClaimGate;
class PlatformBreakers;
}  // namespace postato::accounts
namespace postato::keys {
class DataKeyCustodian;
}
namespace postato::metrics {
class Metrics;
}

namespace postato::app {

/// All that is handed in must outlive `metrics`' last text.
void addGauges(metrics::Metrics& metrics, persistence::Database& database,
               accounts::PlatformBreakers& breakers, const keys::DataKeyCustodian& custodian,
               const accounts::ClaimGate& gate, const std::filesystem::path& journal);

}  // namespace postato::app
