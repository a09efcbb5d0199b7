#include "accounts/connect_result.hpp"

namespace postato::accounts {
namespace {

using State = ConnectResult::State;

State stateOf(const std::optional<std::string>& outcome) {
    if (!outcome) return State::InProgress;
    if (*outcome == "choosing") return State::Choosing;
    if (*outcome == "connected") return State::Connected;
    return *outcome == "denied" ? State::Denied : State::Failed;
}

}  // namespace

ConnectResult describe(const persistence::Connection& connection) {
    ConnectResult result;
    result.state = stateOf(connection.outcome);
    result.code = connection.outcome_code.value_or("");
    result.detail = connection.outcome_detail.value_or("");
    result.connection = connection.id;
    result.workspace = connection.workspace_id;
    result.platform = connection.platform;
    result.account_ids = connection.account_ids;
    result.return_to = connection.return_to;
    result.from_link = connection.connect_link_id.has_value();
    return result;
}

ConnectResult refusedConnect(const std::string& platform, const std::string& code) {
    ConnectResult result;
    result.platform = platform;
    result.code = code;
    return result;
}

}  // namespace postato::accounts
