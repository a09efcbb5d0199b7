#include "app/problems.hpp"

namespace postato::app {

ConfigError::ConfigError(std::vector<std::string> problems) : problems_(std::move(problems)) {
    for (const auto& problem : problems_) {
        if (!text_.empty()) text_ += '\n';
        text_ += problem;
    }
}

}  // namespace postato::app
