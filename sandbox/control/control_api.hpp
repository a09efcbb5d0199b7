#pragma once

// The control API under /_sandbox: what tests and integrators tell the sandbox, and ask it.
// README.md documents every call. Runs under the lock that guards the World.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platforms/platform.hpp"
#include "wire/json_fields.hpp"
#include "world/barriers.hpp"
#include "world/faults.hpp"
#include "world/journal.hpp"
#include "world/world.hpp"

namespace postato::sandbox {

class ControlApi {
public:
    ControlApi(World& world, Faults& faults, Barriers& barriers, Journal& journal,
               const std::vector<std::unique_ptr<Platform>>& platforms);

    /// Never throws for a bad call: that is a 400 with {"error": sentence}.
    Response answer(const Request& request);

private:
    struct Call {
        const Request& request;
        JsonFields fields;     // of the body
        std::string argument;  // what stands at the `*` of the path
    };
    struct Route {
        std::string method;
        std::string path;  // below /_sandbox; one segment may be `*`
        Response (ControlApi::*answer)(Call&);
    };

    // What the world does next (control_script.cpp).
    Response addAnswer(Call& call);
    Response clearAnswers(Call& call);
    Response setLifetimes(Call& call);
    Response armFault(Call& call);
    Response clearFaults(Call& call);
    Response setSwitches(Call& call);
    Response advanceClock(Call& call);
    Response putClient(Call& call);
    Response armBarrier(Call& call);
    Response releaseBarrier(Call& call);
    Response reset(Call& call);

    // What happens to a person (control_people.cpp).
    Response listPeople(Call& call);
    Response revokePerson(Call& call);
    Response personEvent(Call& call);

    // What the world looks like (control_observe.cpp).
    Response index(Call& call);
    Response health(Call& call);
    Response oracle(Call& call);
    Response showSwitches(Call& call);
    Response showClients(Call& call);
    Response showJournal(Call& call);
    Response showBarriers(Call& call);
    Response showClock(Call& call);

    Response submitConsent(const Request& request, const std::string& ticket);
    Response trap(const Request& request);

    Platform& platformOf(const std::string& id) const;
    /// The platform a body names; BadCall for an unknown one.
    Platform& bodyPlatform(Call& call) const;
    /// The platform a query names; empty when it names none.
    std::string queryPlatform(const Call& call) const;
    Endpoint bodyEndpoint(Call& call) const;
    Person& personOf(const Platform& platform, const std::string& id) const;

    static const std::vector<Route>& routes();

    World& world_;
    Faults& faults_;
    Barriers& barriers_;
    Journal& journal_;
    const std::vector<std::unique_ptr<Platform>>& platforms_;
};

}  // namespace postato::sandbox
