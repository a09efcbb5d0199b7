#include "persistence/postgresql_probe.hpp"

#include <poll.h>

#include <memory>
#include <string_view>

namespace postato::persistence {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

/// True when the socket became ready before the deadline.
bool waitFor(int descriptor, short events, Deadline deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() < 0) return false;
        pollfd entry{descriptor, events, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(left.count()));
        if (ready > 0) return true;
        if (ready == 0) return false;
    }
}

}  // namespace

std::string knock(const std::string& conninfo, std::chrono::milliseconds limit) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectStart(conninfo.c_str()),
                                                                  PQfinish);
    if (!connection) return "out of memory";
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    while (PQstatus(connection.get()) != CONNECTION_BAD) {
        const short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!waitFor(PQsocket(connection.get()), events, deadline)) {
            return "the server did not answer in time";
        }
        wanted = PQconnectPoll(connection.get());
        if (wanted == PGRES_POLLING_OK) return {};
        if (wanted == PGRES_POLLING_FAILED) break;
    }
    const std::string_view reason = PQerrorMessage(connection.get());
    return std::string(reason.substr(0, reason.find('\n')));
}

bool stillOpen(PGconn* connection) {
    // A server that ends a session says why before it closes: the end is behind that message.
    pollfd entry{PQsocket(connection), POLLIN, 0};
    while (::poll(&entry, 1, 0) > 0)
        if (PQconsumeInput(connection) != 1) return false;
    return PQstatus(connection) == CONNECTION_OK;
}

bool ping(PGconn* connection, std::chrono::milliseconds limit) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    if (PQsendQuery(connection, "") != 1) return false;
    for (;;) {
        while (PQisBusy(connection) == 0) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection),
                                                                       PQclear);
            if (!result) return PQstatus(connection) == CONNECTION_OK;
            if (PQresultStatus(result.get()) != PGRES_EMPTY_QUERY) return false;
        }
        if (!waitFor(PQsocket(connection), POLLIN, deadline)) return false;
        if (PQconsumeInput(connection) != 1) return false;
    }
}

}  // namespace postato::persistence
