#pragma once

/// \file
/// The parts of the conformance suite. Each adds a sentence for everything it finds wrong.

#include <memory>
#include <string>
#include <vector>

#include "postato/sdk/testing/platform_conformance.hpp"

namespace postato::sdk::testing {

class Violations {
public:
    void require(bool holds, const std::string& sentence) {
        if (!holds) sentences_.push_back(sentence);
    }
    const std::vector<std::string>& sentences() const noexcept { return sentences_; }

private:
    std::vector<std::string> sentences_;
};

using PlatformPointer = std::unique_ptr<Platform, void (*)(Platform*)>;

/// The subject's configuration with a client id, and a canary for a secret.
PlatformConfig configured(const ConformanceSubject& subject);
PlatformPointer makePlatform(const ConformanceSubject& subject, const PlatformConfig& config);

/// A request for all scopes of the platform, with a challenge if it wants one.
AuthorizationRequest someRequest(const Platform& platform);

bool contains(const std::string& text, const std::string& part);

/// Descriptor; without a sound one nothing else can be tried.
void checkDescriptor(const ConformanceSubject& subject, Violations& violations);
/// Traits, authorization URL, configured addresses, callbacks: what needs no HTTP.
void checkStatements(const ConformanceSubject& subject, const Platform& platform,
                     Violations& violations);
/// Exchange, refresh, identify and revoke under good and bad answers, and by several threads.
void checkSteps(const ConformanceSubject& subject, const Platform& platform,
                Violations& violations);

}  // namespace postato::sdk::testing
