#pragma once

/// \file
/// Collects what is wrong with a request, so that its sender learns all of it at once.

#include <string>

#include "util/error.hpp"

namespace postato::api {

class Problems {
public:
    void add(const std::string& field, const std::string& problem) {
        error_.fields[field].push_back(problem);
    }
    /// Throws Error{InvalidArgument} with every problem, when there is any.
    void throwIfAny() const {
        if (!error_.fields.empty()) throw error_;
    }

private:
    Error error_{ErrorCode::InvalidArgument, PublicMessage{"The request is not valid"}};
};

}  // namespace postato::api
