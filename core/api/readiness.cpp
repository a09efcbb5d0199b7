#include "api/readiness.hpp"

#include "journal/answer_journal.hpp"
#include "persistence/database.hpp"
#include "persistence/migrator.hpp"

namespace postato::api {

bool Readiness::ready() {
    if (draining_ || !in_custody_() || !database_.reachable() || !journal_.writable()) return false;
    try {
        const auto state = migrator_.state();
        return state == persistence::SchemaState::Current ||
               state == persistence::SchemaState::Newer;
    } catch (const Error&) {
        return false;  // the database went away between the two questions; nothing to add for a
                       // probe
    }
}

}  // namespace postato::api
