#include "postato/sdk/testing/platform_conformance.hpp"

#include "bad_answers.hpp"
#include "checks.hpp"

namespace postato::sdk::testing {

PlatformConfig configured(const ConformanceSubject& subject) {
    PlatformConfig config = subject.config;
    config.client_id = "the-client-id";
    config.client_secret = Secret(kCanary);
    return config;
}

PlatformPointer makePlatform(const ConformanceSubject& subject, const PlatformConfig& config) {
    return {subject.descriptor->create(config), subject.descriptor->destroy};
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::vector<std::string> checkConformance(const ConformanceSubject& subject) {
    Violations violations;
    checkDescriptor(subject, violations);
    if (!violations.sentences().empty()) return violations.sentences();
    const PlatformPointer platform = makePlatform(subject, configured(subject));
    checkStatements(subject, *platform, violations);
    checkSteps(subject, *platform, violations);
    return violations.sentences();
}

}  // namespace postato::sdk::testing
