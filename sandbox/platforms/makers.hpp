#pragma once

// One pair of functions for each platform: what it declares, and the platform itself.

#include <memory>

#include "platforms/platform.hpp"

namespace postato::sandbox {

PlatformFacts twitterFacts();
PlatformFacts linkedinFacts();
PlatformFacts instagramFacts();
PlatformFacts facebookFacts();
PlatformFacts tiktokFacts();
PlatformFacts youtubeFacts();

std::unique_ptr<Platform> makeTwitter(World& world);
std::unique_ptr<Platform> makeLinkedin(World& world);
std::unique_ptr<Platform> makeInstagram(World& world);
std::unique_ptr<Platform> makeFacebook(World& world);
std::unique_ptr<Platform> makeTiktok(World& world);
std::unique_ptr<Platform> makeYoutube(World& world);

}  // namespace postato::sandbox
