#pragma once

// The pretend people who have accounts at each platform.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postato::sandbox {

/// The Instagram account linked to a Facebook Page.
struct LinkedInstagram {
    std::string id;
    std::string username;
    std::string name;
};

/// What a person owns and can connect: a YouTube channel or a Facebook Page.
struct Channel {
    std::string id;
    std::string title;
    std::string handle;                          // "@name", empty where the platform has none
    std::optional<LinkedInstagram> instagram{};  // Pages only
    std::string business_id{};                   // Pages owned through a business, else empty
};

struct Person {
    std::string id;  // names the person in the control API, unique within the platform
    std::string name;
    std::string handle;   // without "@"
    std::string user_id;  // the platform's own permanent id
    std::vector<Channel> channels{};
    bool professional = true;  // Instagram: Business or Creator account
    bool suspended = false;
};

/// The people of a platform as they are after a reset.
std::vector<Person> peopleOf(std::string_view platform);

/// "AE" for "Ada Example".
std::string initials(std::string_view name);

}  // namespace postato::sandbox
