#include "app/operator_message.hpp"

#include <Poco/Exception.h>

#include "util/error.hpp"

namespace postato::app {

std::string operatorMessage(const std::exception& problem) {
    if (const auto* poco = dynamic_cast<const Poco::Exception*>(&problem))
        return poco->displayText();  // what() is only the name of its class
    const auto* error = dynamic_cast<const Error*>(&problem);
    if (error == nullptr) return problem.what();
    std::string text = error->message();
    for (const auto& [field, problems] : error->fields)
        for (const auto& wrong : problems) text += "; " + field + ": " + wrong;
    if (!error->detail().empty()) text += " (" + error->detail() + ")";
    return text;
}

}  // namespace postato::app
