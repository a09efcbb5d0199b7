#include "world/people.hpp"

#include <map>

#include "wire/encoding.hpp"

namespace postato::sandbox {
namespace {

using People = std::vector<Person>;

// Ids are the size and form of the real ones: decimal strings at X, Instagram ids above 2^53,
// UC + 22 characters for channels.
const std::map<std::string, People, std::less<>>& everybody() {
    static const std::map<std::string, People, std::less<>> kPeople = {
        {"twitter",
         {{"ada", "Ada Example", "ada_example", "1244994945000000001"},
          {"ben", "Ben Placeholder", "ben_placeholder", "1244994945000000002"},
          {"cleo", "Cleo Pretend", "cleo_pretend", "1244994945000000003"}}},
        {"linkedin",
         {{"ada", "Ada Example", "ada-example", "100001"},
          {"ben", "Ben Placeholder", "ben-placeholder", "100002"},
          {"cleo", "Cleo Pretend", "cleo-pretend", "100003"}}},
        {"instagram",
         {{"ada", "Ada Example", "ada.example", "17841400000000001"},
          {"ben", "Ben Placeholder", "ben.placeholder", "17841400000000002"},
          {"cleo", "Cleo Pretend", "cleo.pretend", "17841400000000003"},
          {.id = "pat",
           .name = "Pat Personal",
           .handle = "pat.personal",
           .user_id = "17841400000000004",
           .professional = false}}},
        {"facebook",
         {{"ada",
           "Ada Example",
           "ada.example",
           "10220000000000001",
           {{"102000000000011", "Example Bakery", "",
             LinkedInstagram{"17841400000000011", "example.bakery", "Example Bakery"}},
            {"102000000000012", "Example Bookshop", "",
             LinkedInstagram{"17841400000000012", "example.bookshop", "Example Bookshop"}}}},
          {"ben", "Ben Placeholder", "ben.placeholder", "10220000000000002"},
          {"cleo",
           "Cleo Pretend",
           "cleo.pretend",
           "10220000000000003",
           {{"102000000000013", "Pretend Garage", ""},
            {"102000000000014", "Pretend Holdings", "",
             LinkedInstagram{"17841400000000014", "pretend.holdings", "Pretend Holdings"},
             "103000000000001"}}}}},
        {"tiktok",
         {{"ada", "Ada Example", "ada.example", "7000000000000000001"},
          {"ben", "Ben Placeholder", "ben.placeholder", "7000000000000000002"},
          {"zoe", "Zoë Prétend 🎬", "zoe.pretend", "7000000000000000003"}}},
        {"youtube",
         {{"ada",
           "Ada Example",
           "ada.example",
           "101000000000000000001",
           {{"UCsandboxAdaExample00001", "Ada Example", "@adaexample"}}},
          {"ben",
           "Ben Placeholder",
           "ben.placeholder",
           "101000000000000000002",
           {{"UCsandboxBenVlogs0000002", "Ben's Placeholder Vlogs", "@benvlogs"},
            {"UCsandboxBenMusic0000003", "Ben's Placeholder Music", "@benmusic"}}},
          {"cleo", "Cleo Pretend", "cleo.pretend", "101000000000000000003"}}},
    };
    return kPeople;
}

}  // namespace

std::vector<Person> peopleOf(std::string_view platform) {
    const auto found = everybody().find(platform);
    return found == everybody().end() ? People{} : found->second;
}

std::string initials(std::string_view name) {
    std::string out;
    for (const auto& word : split(name, " ")) {
        if (out.size() < 2) out += word.front();
    }
    return out;
}

}  // namespace postato::sandbox
