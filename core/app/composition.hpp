#pragma once

/// \file
/// The composition root: the one place that constructs everything and connects it.

#include <memory>

#include "app/config.hpp"
#include "keys/ring_source.hpp"
#include "platforms/plugin_loader.hpp"

namespace postato::app {

/// A whole Postato in this process: HTTP server, workers, database.
class Composition {
public:
    /// Whatever can be wrong is found here, and before anything is changed: key ring, port and
    /// database are tried, wrong keys and a newer schema refused; only then the schema is brought
    /// up to date. Throws Error whose message is one line for the operator.
    Composition(const Config& config, const platforms::LoadedDirectory& plugins,
                const keys::RingSource& ring_source);
    ~Composition();
    Composition(const Composition&) = delete;
    Composition& operator=(const Composition&) = delete;

    void start();

    /// Not ready at once, so that load balancers look elsewhere; accepts nothing more a moment
    /// later, finishes the requests in flight, then the calls of the workers.
    void stop();

    /// While another thread is in `stop`: drops the requests in flight and what can be done again,
    /// then ends the process. A refresh under way is finished all the same: its answer may hold the
    /// only valid tokens.
    void hurry();

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace postato::app
