#include "platforms/makers.hpp"

namespace postato::sandbox {

std::vector<PlatformFacts> allPlatformFacts() {
    return {twitterFacts(),  linkedinFacts(), instagramFacts(),
            facebookFacts(), tiktokFacts(),   youtubeFacts()};
}

std::vector<std::unique_ptr<Platform>> makePlatforms(World& world) {
    std::vector<std::unique_ptr<Platform>> out;
    for (const auto& make :
         {makeTwitter, makeLinkedin, makeInstagram, makeFacebook, makeTiktok, makeYoutube}) {
        out.push_back(make(world));
    }
    return out;
}

}  // namespace postato::sandbox
